import type { RunKind } from '#libs/domain';
import type { Schedule } from './schedule.js';
import { inWords } from './schedule.js';

/** What became of one run. */
export interface RunReport {
  readonly schedule: Schedule;
  readonly kind: RunKind | 'none';
  /** As in `a to b`. */
  readonly way: string;
  /** The phase in which it ended, or why it did not. */
  readonly outcome: string;
  readonly isCompleted: boolean;
  /** How often somebody had to ask: a planned run that is taken back loses nothing, and is asked for again. */
  readonly asked: number;
  readonly tookMs: number;
  /** What was done to whom; absent when the run was over before its moment came. */
  readonly struck: string | undefined;
  readonly takeoverMs?: number;
  readonly violations: readonly string[];
}

export interface ChaosReport {
  readonly runs: number;
  readonly completed: number;
  readonly violations: readonly string[];
  readonly staleWritesRefused: number;
  readonly weakFencesReasserted: number;
  readonly takeoverMs: { readonly p50: number | null; readonly p99: number | null };
  readonly seed: number;
}

/** The least value that at least this share of all values does not exceed; null when there are none. */
export const percentile = (values: readonly number[], share: number): number | null =>
  values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? null;

export const sumUp = (
  runs: readonly RunReport[],
  fences: Pick<ChaosReport, 'staleWritesRefused' | 'weakFencesReasserted'>,
  seed: number,
): ChaosReport => {
  const takeovers = runs.flatMap(({ takeoverMs }) => takeoverMs ?? []);
  return {
    runs: runs.length,
    completed: runs.filter(({ isCompleted }) => isCompleted).length,
    violations: runs.flatMap(({ schedule, violations }) => violations.map((each) => `seed ${schedule.seed}: ${each}`)),
    ...fences,
    takeoverMs: { p50: percentile(takeovers, 0.5), p99: percentile(takeovers, 0.99) },
    seed,
  };
};

export const lineOf = (report: RunReport): string => {
  const { schedule, kind, way, outcome, asked, tookMs, struck, takeoverMs, violations } = report;
  const when = struck === undefined ? `${inWords(schedule.moment)}: did not come` : inWords(schedule.moment);
  const told = [
    `seed ${schedule.seed}`.padEnd(10),
    schedule.fault.padEnd(18),
    when.padEnd(24),
    `${kind} ${way}`.padEnd(18),
    outcome,
    `${tookMs} ms`,
    ...(asked > 1 ? [`asked ${asked} times`] : []),
    ...(takeoverMs === undefined ? [] : [`taken over after ${takeoverMs} ms`]),
    ...(struck === undefined ? [] : [`(${struck})`]),
  ];
  return [told.join('  '), ...violations.map((violation) => `  VIOLATION ${violation}`)].join('\n');
};

/** The same for people. */
export const summaryOf = (report: ChaosReport): string => {
  const { runs, completed, violations, staleWritesRefused, weakFencesReasserted, takeoverMs, seed } = report;
  const { p50, p99 } = takeoverMs;
  return [
    `${completed} of ${runs} runs completed from seed ${seed} on; ${violations.length} violations.`,
    `${staleWritesRefused} writes that came too late were refused by the resource itself; ${weakFencesReasserted} that nothing could refuse were put right.`,
    p50 === null ? 'No run was taken over.' : `Takeover after the death of a leader: median ${p50} ms, p99 ${p99} ms.`,
  ].join('\n');
};
