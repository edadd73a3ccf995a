import type { ReadingView, RescueAnswer, RescueFindings, SurveyAnswer } from '#libs/contracts';
import { resourceKey } from '#libs/domain';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { blocks, nextSteps, shortened, table } from '../text.js';
import { withAdvice } from './vetoes.js';

export interface RescueOptions {
  readonly active: string;
  readonly survey?: string;
  readonly confirm?: string;
  readonly attest?: string;
}

/** A rescue that is to be started: what was read is named, and somebody gives their word for the rest. */
interface Confirmed {
  readonly active: string;
  readonly survey: string;
  readonly confirm: string;
  readonly attest: string;
}

const POLL_MS = 500;
/** Values can be pages long. */
const SHOWN_CHARACTERS = 50;

/** First looks and says everything that disagrees; only the second call, which names what was seen, changes anything. */
export const rescue = async (session: Session, group: string, options: RescueOptions): Outcome => {
  const { active, survey, confirm, attest } = options;
  if (survey !== undefined && confirm !== undefined && attest !== undefined) {
    return start(session, group, { active, survey, confirm, attest });
  }
  if (survey === undefined && confirm === undefined && attest === undefined) return look(session, group, active);
  const remedy = `look first: signalbox rescue ${group} --active ${active}`;
  throw new UsageError('--survey, --confirm and --attest go together', remedy);
};

const start = async (session: Session, group: string, body: Confirmed): Outcome => {
  const answer = await withAdvice(group, session.api.post<RescueAnswer>(groupPath(group, 'rescue'), body));
  show(session, answer, ({ run, active, epoch, plan, next }) =>
    blocks(
      `Rescue ${run} has started: ${active} is active under epoch ${epoch}, ${plan.steps.length} steps.`,
      nextSteps(next),
    ),
  );
  return EXIT.ok;
};

const look = async (session: Session, group: string, active: string): Outcome => {
  const reason = `rescue with ${active} active is considered`;
  const asked = await withAdvice(group, session.api.post<SurveyAnswer>(groupPath(group, 'survey'), { active, reason }));
  const findings = await whenRead(session, group, active, asked);
  show(session, findings, renderFindings);
  return EXIT.ok;
};

/** Waits for every reading, and not for who does not answer. */
const whenRead = async (
  { api, clock }: Session,
  group: string,
  active: string,
  { survey, withinMs }: SurveyAnswer,
): Promise<RescueFindings> => {
  const path = `${groupPath(group, 'rescue')}?${new URLSearchParams({ survey, active }).toString()}`;
  const sinceMs = clock.monotonicMs();
  for (;;) {
    const findings = await api.get<RescueFindings>(path);
    if (findings.pending.length === 0 || clock.monotonicMs() - sinceMs >= withinMs) return findings;
    await clock.sleep(POLL_MS);
  }
};

const renderFindings = (findings: RescueFindings): string => {
  const { group, active, epoch, highest, nextEpoch, readings, disagreements, unread, standing, next } = findings;
  return blocks(
    `${group} as its resources hold it, with ${active} active. Nothing was changed.`,
    table(['RESOURCE', 'READ AT', 'EPOCH', 'HOLDS'], readings.map(readingRow)),
    [disagreements.length === 0 ? 'Disagreements: none.' : 'Disagreements:', ...disagreements.map(indented)].join('\n'),
    [
      `The journal is at epoch ${epoch}, the highest that was found is ${highest}: a rescue sets ${nextEpoch}.`,
      ...(standing.length > 0 ? [`In order, and stays protected: ${standing.join(', ')}.`] : []),
      ...unread.map(
        (site) => `Nobody could read who may write at ${site}: your word has to stand for it that nobody can.`,
      ),
    ].join('\n'),
    nextSteps(next),
  );
};

const indented = (text: string): string => `  ${text}`;

const readingRow = ({ resource, runsAt, epoch, value, problem }: ReadingView): string[] => [
  resourceKey(resource),
  runsAt,
  epoch === undefined ? '-' : String(epoch),
  value === undefined
    ? `NOT READ: ${problem ?? ''}`
    : shortened(typeof value === 'string' ? value : JSON.stringify(value), SHOWN_CHARACTERS),
];
