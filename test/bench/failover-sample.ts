import type { Report } from '../demo/report.js';
import { BenchError } from './bench-error.js';
import { sampleOf, type Sample, type Term, type Wait } from './terms.js';

/** What a run waits for after its decision, in order: the last of these steps. The mirror's stop holds up nothing before the redirection. */
const WAITS: readonly (readonly [Term, RegExp])[] = [
  ['fence', /^(seal|fence)-/],
  ['mirror', /^(deny-inbound|record-positions)-/],
  ['promote', /^promote-/],
  ['mirror', /^stop-mirror-/],
  ['dns', /^(redirect-|config-.*-b$)/],
];

export type FailoverSample = Sample & { readonly rtoMs: number; readonly dwellMs: number };

/** Where the time of one demo run went. */
export const failoverSample = ({ outcome, rtoMs, dwellMs, milestones, steps }: Report): FailoverSample => {
  const { firstFailedRoundAt, decidedAt, servedAt } = milestones;
  if (rtoMs === null || dwellMs === null || !firstFailedRoundAt || !decidedAt || !servedAt)
    throw new BenchError(`the demo ended with ${outcome}: there is no failover to measure`);
  const waits = WAITS.map(([term, names]): Wait => [term, lastEnd(steps, names)]);
  const sample = sampleOf(firstFailedRoundAt + dwellMs, [['detect', decidedAt], ...waits], servedAt);
  return { ...sample, rtoMs, dwellMs };
};

const lastEnd = (steps: Report['steps'], names: RegExp): number => {
  const ends = steps.flatMap(({ name, finishedAt }) => (names.test(name) && finishedAt !== null ? [finishedAt] : []));
  if (ends.length === 0) throw new BenchError(`the demo reports no finished step that is called ${names.source}`);
  return Math.max(...ends);
};
