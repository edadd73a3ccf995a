import type { AttestAnswer, OverrideAnswer, ReleaseAnswer } from '#libs/contracts';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, moment, nextSteps } from '../text.js';
import { withAdvice } from './vetoes.js';

/** Lifts one veto by its name; it stands again by itself. */
export const override = async (
  session: Session,
  group: string,
  veto: string,
  { reason, forMs }: { readonly reason: string; readonly forMs: number },
): Outcome => {
  const path = groupPath(group, 'override');
  const answer = await withAdvice(group, session.api.post<OverrideAnswer>(path, { veto, reason, forMs }));
  show(session, answer, renderOverride);
  return EXIT.ok;
};

const renderOverride = ({ group, override, overrides, next }: OverrideAnswer): string => {
  const others = overrides.filter(({ veto }) => veto !== override.veto).map(({ veto }) => veto);
  return blocks(
    `${override.veto} does not stand in the way of the next run of ${group}, until ${moment(override.until)}.` +
      (others.length > 0 ? ` Lifted as well: ${others.join(', ')}.` : ''),
    nextSteps(next),
  );
};

/** A person's word that a site is off. When it is not, two sites take writes: it is never assumed and always signed. */
export const attest = async (session: Session, group: string, site: string, reason: string): Outcome => {
  const path = groupPath(group, 'attest');
  const answer = await withAdvice(group, session.api.post<AttestAnswer>(path, { site, reason }));
  show(session, answer, ({ attestation, lifts, next }) =>
    blocks(
      [
        `Until ${moment(attestation.until)} ${attestation.site} counts as off, on the word of ${attestation.by}.`,
        ...lifts.map((text) => `  ${text}`),
      ].join('\n'),
      nextSteps(next),
    ),
  );
  return EXIT.ok;
};

/** Ends a quarantine without a reprotect: the site was rebuilt by hand. */
export const release = async (session: Session, group: string, site: string, reason: string): Outcome => {
  const path = groupPath(group, 'release');
  const answer = await withAdvice(group, session.api.post<ReleaseAnswer>(path, { site, reason }));
  show(session, answer, (given) =>
    blocks(`${given.site} is out of quarantine: ${given.group} may become active there.`, nextSteps(given.next)),
  );
  return EXIT.ok;
};
