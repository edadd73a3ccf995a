import {
  isSettled,
  isTerminal,
  type Json,
  type Run,
  type SiteId,
  type Step,
  type StepRecord,
  type StepStatus,
} from '#libs/domain';
import { runAfter } from './run-machine.js';

/** What the leader knows besides the journal, measured on its own monotonic clock. */
export interface Surroundings {
  /** How long a step has been open under the current epoch; undefined when this leader has not opened it. */
  readonly openForMs: (step: StepRecord) => number | undefined;
  /** The evidence that a silent site's guard must have fenced by itself, or undefined while that cannot be said. */
  readonly waitedOut: (site: SiteId) => Json | undefined;
  /** Who says that a site is off, and why; undefined when nobody does, or somebody sees that it is not. */
  readonly attested: (site: SiteId) => Json | undefined;
  /** An operator's freeze: nothing new begins, and what has begun is finished. */
  readonly frozen: boolean;
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
  | { readonly kind: 'next-stage' | 'needs-human'; readonly run: Run; readonly rule: string }
  | { readonly kind: 'compensate'; readonly reason: string }
  | { readonly kind: 'close'; readonly run: Run }
  /** A resource carries a higher epoch than the journal: nothing may be done until a person has looked. */
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'wait' };

/** How often a step that must succeed is tried again before a person is asked. After the point of no return: always. */
export const MAX_ATTEMPTS = 5;

/** A planned run gives up sooner: every try is time without writes, and taking it back loses nothing. */
export const MAX_PLANNED_ATTEMPTS = 2;

/** Workers are rung, and look by themselves every few seconds: a step that nobody has taken by then has no worker. */
const TAKEN_WITHIN_MS = 5_000;

/** A worker ends at the deadline and then says what it saw, which is worth more than that it was not heard of. */
const REPORTED_WITHIN_MS = 1_000;

/** A step that failed at once is not opened again sooner than this after its last opening. */
const RETRY_AFTER_MS = 500;

/**
 * The next move of a run. Pure: the run goes on from whatever the journal holds, whoever leads. Seals come as the
 * plan's first stage under the epoch of this leadership, and every stage waits for all of its steps.
 */
export function advance(run: Run, records: readonly StepRecord[], surroundings: Surroundings): Move {
  const move = moveOf(run, records, surroundings);
  return surroundings.frozen && !run.compensation && BEGINS.includes(move.kind) ? { kind: 'wait' } : move;
}

/** What a freeze holds back. Taking a run back is not held back: it ends in a state that serves. */
const BEGINS: readonly Move['kind'][] = ['open-steps', 'next-stage', 'compensate'];

function moveOf(run: Run, records: readonly StepRecord[], surroundings: Surroundings): Move {
  if (isTerminal(run.phase) || run.phase === 'needs-human') return { kind: 'wait' };
  const underWay = records.filter((record) => isUnderWay(run, record));

  const refused = underWay.find((record) => record.status === 'refused');
  if (refused) return { kind: 'hold', reason: `${refused.name} was refused: ${refused.problem ?? ''}` };

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

/** Of the stage in progress, or of an earlier one and still waited for. */
export const isUnderWay = (run: Run, step: Step): boolean => step.stage <= run.stage && lastStageOf(step) >= run.stage;

/** It is over without a good outcome, and the run cannot go on without one. */
export const holdsUp = ({ status, mayFail }: StepRecord): boolean =>
  isSettled(status) && status !== 'done' && status !== 'skipped' && !mayFail;

/** What one step of the stage needs, or undefined when it is over. */
function settle(run: Run, record: StepRecord, records: readonly StepRecord[], around: Surroundings): Move | undefined {
  if (record.status === 'done') return undefined;
  if (record.status === 'skipped') return undefined;
  const fenced = fencedWithoutReport(run, record, around);
  if (fenced) return { kind: 'settle-step', step: record, status: 'done', ...fenced };
  if (!isSettled(record.status)) return overdue(record, around) ?? { kind: 'wait' };
  if (record.mayFail) return undefined;
  if ((around.openForMs(record) ?? Infinity) < RETRY_AFTER_MS) return { kind: 'wait' };
  if (record.waitOut) return { kind: 'open-steps', steps: [record] };
  const isPlanned = run.plan.kind !== 'failover' && run.plan.kind !== 'rescue';
  const attempts = isPlanned ? plannedAttempts(record) : MAX_ATTEMPTS;
  if (record.attempt < attempts || isPastNoReturn(records)) return { kind: 'open-steps', steps: [record] };
  const problem = problemOf(record);
  if (isPlanned) return { kind: 'compensate', reason: problem };
  const { phase, rule } = runAfter('held-up', run);
  return { kind: 'needs-human', run: { ...run, phase, problem }, rule };
}

/** A look that a worker took waits for what it is to find until its deadline: after that the writes have stopped for long enough. */
const plannedAttempts = ({ action, desired, takenBy }: StepRecord): number =>
  action === 'inspect' && desired !== undefined && takenBy !== undefined ? 1 : MAX_PLANNED_ATTEMPTS;

/**
 * A fence that counts though no worker read it back: the guard's own, or a person's word. A word is about a site that is
 * lost: where a run needs the site to answer, its fence is read back, whatever somebody said of it before.
 */
function fencedWithoutReport({ plan: { kind } }: Run, { waitOut, fences }: Step, around: Surroundings) {
  const waitedOut = waitOut && around.waitedOut(waitOut);
  if (waitedOut !== undefined) return { check: 'self-fence-waited-out', observed: waitedOut };
  const isLost = kind === 'failover' || kind === 'rescue';
  const attested = isLost && fences ? around.attested(fences) : undefined;
  return attested === undefined ? undefined : { check: 'attested', observed: attested };
}

/** A step nobody reported by its deadline. One that this leader never opened is opened anew under its own epoch. */
function overdue(record: StepRecord, around: Surroundings): Move | undefined {
  const openForMs = around.openForMs(record);
  if (openForMs === undefined) return { kind: 'open-steps', steps: [record] };
  const isTaken = record.status === 'taken';
  const deadlineMs = isTaken ? record.deadlineMs + REPORTED_WITHIN_MS : Math.min(record.deadlineMs, TAKEN_WITHIN_MS);
  if (openForMs < deadlineMs) return undefined;
  const observed = { openForMs: Math.round(openForMs), deadlineMs };
  return { kind: 'settle-step', step: record, status: 'unreachable', check: 'deadline', observed };
}

function finishStage(run: Run, due: readonly StepRecord[], records: readonly StepRecord[]): Move {
  const exceptions = [...run.exceptions, ...due.filter(isException).map(exceptionOf)];
  const last = Math.max(...records.map((record) => record.stage));
  if (run.stage < last) {
    const { phase, rule } = runAfter('stage-over', run);
    return { kind: 'next-stage', run: { ...run, phase, stage: run.stage + 1, exceptions }, rule };
  }
  const { phase } = runAfter(exceptions.length > 0 ? 'all-over-with-exceptions' : 'all-over', run);
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
): { run: Run; records: StepRecord[]; rule: string } {
  const isSeal = ({ action }: Step) => action === 'seal';
  const { compensation } = run;
  const current = compensation?.steps ?? run.plan.steps;
  const firstStage = Math.min(...current.map(({ stage }) => stage));
  const { phase, rule } = runAfter(compensation ? 'undoing-taken-over' : 'taken-over', run);
  return {
    rule,
    run: { ...run, epoch, phase, stage: firstStage, exceptions: [] },
    records: records.map((record) => {
      // `startedAt` stays: it may have happened under the epoch before.
      const { verifiedBy, takenBy, problem, exception, finishedAt, ...step } = record;
      const isOver = record.status === 'skipped' || (record.status === 'done' && !isSeal(record));
      return isOver || record.stage < firstStage ? record : { ...step, epoch, status: 'planned', attempt: 0 };
    }),
  };
}

/** It was opened at least once, under whatever epoch: what somebody was told to do may have been done. */
export const mayHaveHappened = ({ status, startedAt }: StepRecord): boolean =>
  startedAt !== undefined || (status !== 'planned' && status !== 'skipped');

/** Once this holds a run only goes forward. */
export const isPastNoReturn = (records: readonly StepRecord[]): boolean =>
  records.some((record) => record.pointOfNoReturn && mayHaveHappened(record));

const problemOf = ({ name, status, attempt, problem }: StepRecord): string =>
  `${name} is ${status} after ${attempt} attempts${problem ? `: ${problem}` : ''}`;

/** It is not done, or it is and something that should have followed did not. */
const isException = ({ status, exception }: StepRecord): boolean => status !== 'done' || exception !== undefined;

const exceptionOf = ({ name, status, problem, exception = problem }: StepRecord) => ({
  step: name,
  reason: exception ? `${status}: ${exception}` : status,
});
