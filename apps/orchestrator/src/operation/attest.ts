import type { AttestAnswer, SiteBody } from '#libs/contracts';
import { sitesThatSee, type Attestation } from '#libs/decision';
import { instant, isSettled, type SiteId } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { commands } from './commands.js';
import { note, type Occasion, type Operation } from './operation.js';
import { knownSite } from './refusals.js';

/** A person's word that a site is off. Refused where anybody sees its cluster answer. */
export const attest =
  ({ site: named, reason }: SiteBody): Operation<AttestAnswer> =>
  (occasion) => {
    const { group, view, at, caller } = occasion;
    const site = knownSite(group, named);
    assertNotSeenUp(site, occasion);
    const until = instant(at + group.settings.policy.approvalTtlMs);
    const attestation: Attestation = { site, by: caller.name, reason, until };
    const others = view.attestations.filter((each) => each.until > at && each.site !== site);
    return {
      answer: { group: group.id, attestation, lifts: liftedFor(site, occasion), next: nextFor(occasion) },
      write: (transaction) =>
        note(transaction.attestations([...others, attestation]), occasion, 'attest', { ...attestation }),
    };
  };

function assertNotSeenUp(site: SiteId, { group, evidence }: Occasion): void {
  const seenBy = sitesThatSee(evidence, group.settings.shape, site);
  if (seenBy.length === 0) return;
  const sites = seenBy.join(', ');
  const message = `The cluster at ${site} answers: ${sites} can see it, so ${site} is not off.`;
  const remedy = `Move the group as planned: ${commands.ask('switchover', group.id)}`;
  throw new ApiError(409, 'SB_ATTEST_CONTRADICTED', message, remedy);
}

/** What counts from now on, in words. */
function liftedFor(site: SiteId, { view }: Occasion): readonly string[] {
  const { state } = view;
  const fences = view.steps.filter(
    ({ value }) => value.fences === site && !(isSettled(value.status) && value.status === 'done'),
  );
  return [
    ...(state.active === site ? [`no-fence-possible does not stand in the way of a failover away from ${site}`] : []),
    ...fences.map(({ value }) => `${value.name} of run ${value.run} counts as done`),
  ];
}

function nextFor({ group, view }: Occasion): readonly string[] {
  const { state, run } = view;
  if (run?.value.phase === 'needs-human') return [commands.retry(run.value.id)];
  if (run) return [commands.run(run.value.id)];
  if (state.phase === 'awaiting-approval') return [commands.approve(state.approval)];
  return [commands.ask('failover', group.id)];
}
