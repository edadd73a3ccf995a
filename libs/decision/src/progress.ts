import {
  isSettled,
  isTerminal,
  type Json,
  type Run,
  type RunPhase,
  type SiteId,
  type Step,
  type StepRecord,
  type StepStatus,
} from '#libs/domain';

/** What the leader knows besides the journal, measured on its own monotonic clock. */
export interface Surroundings {
  /** How long a step has been open under the current epoch; undefined when this leader has not opened it. */
  readonly openForMs: (step: StepRecord) => number | undefined;
  /** The evidence that a silent site's guard must have fenced by itself, or undefined while that cannot be said. */
  readonly waitedOut: (site: SiteId) => Json | undefined;
}

/** What the leader writes next, in one transaction. `advance` is asked again after each. */
export type Move =
  | { readonly kind: 'open-steps'; readonly steps: readonly StepRecord[] }
  | {
      readonly kind: 'settle-step';
      readonly step: StepRecord;
      readonly status: StepStatus;
      readonly check: string;
      readonly observed: Json;
    }
  | { readonly kind: 'next-stage'; readonly run: Run }
  | { readonly kind: 'needs-human'; readonly run: Run }
  | { readonly kind: 'close'; readonly run: Run }
  | { readonly kind: 'stand-down'; readonly reason: string }
  | { readonly kind: 'wait' };

/** How often a step that must succeed is tried again before a person is asked. After the point of no return: always. */
export const MAX_ATTEMPTS = 5;

/** A step that failed at once is not opened again sooner than this after its last opening. */
const RETRY_AFTER_MS = 500;

/**
 * The next move of a run. Pure: the run goes on from whatever the journal holds, whoever leads. Seals come as the
 * plan's first stage under the epoch of this leadership, and every stage waits for all of its steps.
 */
export function advance(run: Run, records: readonly StepRecord[], surroundings: Surroundings): Move {
  if (isTerminal(run.phase) || run.phase === 'needs-human') return { kind: 'wait' };
  const underWay = records.filter((record) => record.stage <= run.stage && lastStageOf(record) >= run.stage);

  const refused = underWay.find((record) => record.status === 'refused');
  if (refused)
    return { kind: 'stand-down', reason: `${refused.name} was refused by a higher epoch: ${refused.problem ?? ''}` };

  const planned = underWay.filter((record) => record.status === 'planned');
  if (planned.length > 0) return { kind: 'open-steps', steps: planned };

  const due = underWay.filter((record) => lastStageOf(record) === run.stage);
  const moves = underWay.map((record) => ({ record, move: settle(run, record, records, surroundings) }));
  const urgent = moves.find(({ move }) => move && move.kind !== 'wait');
  if (urgent?.move) return urgent.move;
  if (moves.some(({ record, move }) => move && due.includes(record))) return { kind: 'wait' };
  return finishStage(run, due, records);
}

/** The stage that does not end before this step is over. */
const lastStageOf = ({ stage, neededBy }: Step): number => (neededBy ?? stage + 1) - 1;

/** What one step of the stage needs, or undefined when it is over. */
function settle(run: Run, record: StepRecord, records: readonly StepRecord[], around: Surroundings): Move | undefined {
  if (record.status === 'done') return undefined;
  const waitedOut = record.waitOut && around.waitedOut(record.waitOut);
  if (waitedOut !== undefined) {
    return { kind: 'settle-step', step: record, status: 'done', check: 'self-fence-waited-out', observed: waitedOut };
  }
  if (!isSettled(record.status)) return overdue(record, around) ?? { kind: 'wait' };
  if (record.mayFail) return undefined;
  if ((around.openForMs(record) ?? Infinity) < RETRY_AFTER_MS) return { kind: 'wait' };
  if (record.waitOut) return { kind: 'open-steps', steps: [record] };
  if (record.attempt < MAX_ATTEMPTS || isPastNoReturn(records)) return { kind: 'open-steps', steps: [record] };
  return { kind: 'needs-human', run: { ...run, phase: 'needs-human', problem: problemOf(record) } };
}

/** A step nobody reported by its deadline. One that this leader never opened is opened anew under its own epoch. */
function overdue(record: StepRecord, around: Surroundings): Move | undefined {
  const openForMs = around.openForMs(record);
  if (openForMs === undefined) return { kind: 'open-steps', steps: [record] };
  if (openForMs < record.deadlineMs) return undefined;
  const observed = { openForMs: Math.round(openForMs), deadlineMs: record.deadlineMs };
  return { kind: 'settle-step', step: record, status: 'unreachable', check: 'deadline', observed };
}

function finishStage(run: Run, due: readonly StepRecord[], records: readonly StepRecord[]): Move {
  const exceptions = [...run.exceptions, ...due.filter((record) => record.status !== 'done').map(exceptionOf)];
  const last = Math.max(...records.map((record) => record.stage));
  if (run.stage < last)
    return { kind: 'next-stage', run: { ...run, phase: 'stepping', stage: run.stage + 1, exceptions } };
  const phase: RunPhase = exceptions.length > 0 ? 'completed-with-exceptions' : 'completed';
  return { kind: 'close', run: { ...run, phase, exceptions } };
}

/**
 * The same plan under a new leadership: every resource is sealed again under the new epoch, what is done stays done,
 * and what was under way is planned anew, because nobody may report under the old epoch.
 */
export function resume(
  run: Run,
  records: readonly StepRecord[],
  epoch: Run['epoch'],
): { run: Run; records: StepRecord[] } {
  const isSeal = ({ action }: Step) => action === 'seal';
  return {
    run: { ...run, epoch, phase: 'sealing', stage: 0, exceptions: [] },
    records: records.map((record) => {
      const { verifiedBy, takenBy, problem, startedAt, finishedAt, ...step } = record;
      return record.status === 'done' && !isSeal(record) ? record : { ...step, epoch, status: 'planned', attempt: 0 };
    }),
  };
}

const isPastNoReturn = (records: readonly StepRecord[]): boolean =>
  records.some((record) => record.pointOfNoReturn && record.status !== 'planned');

const problemOf = ({ name, status, problem }: StepRecord): string =>
  `${name} is ${status} after ${MAX_ATTEMPTS} attempts${problem ? `: ${problem}` : ''}`;

const exceptionOf = ({ name, status, problem }: StepRecord) => ({
  step: name,
  reason: problem ? `${status}: ${problem}` : status,
});
