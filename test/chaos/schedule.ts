import { draw, pick } from '../demo/random-kill.js';

export const FAULT_NAMES = [
  'leader-killed',
  'process-killed',
  'process-frozen',
  'etcd-leader-killed',
  'redis-flushed',
  'leader-frozen',
  'dns-stopped',
  'connect-killed',
  'etcd-leader-cut',
  'no-redis',
  'kafka-b-slow',
  'two-orchestrators',
  'none',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** Neighbouring seeds have different faults; who leads dies most often, since a takeover is what all of this is for. */
const BY_SEED: readonly FaultName[] = [
  'leader-killed',
  'process-killed',
  'redis-flushed',
  'etcd-leader-killed',
  'leader-killed',
  'process-frozen',
  'dns-stopped',
  'no-redis',
  'leader-killed',
  'connect-killed',
  'leader-frozen',
  'kafka-b-slow',
  'leader-killed',
  'etcd-leader-cut',
  'two-orchestrators',
];

/** A moment of a run: when a share of its steps has gone by and the next one comes to a status, or a time after its start. */
export type Moment =
  | { readonly kind: 'step'; readonly share: number; readonly status: 'open' | 'taken' | 'done' }
  | { readonly kind: 'time'; readonly afterMs: number };

/** Everything that chance decides about one run. */
export interface Schedule {
  readonly seed: number;
  readonly fault: FaultName;
  readonly moment: Moment;
  /** Which of the processes, sites or members in question: from 0 up to, not including, 1. */
  readonly choice: number;
  readonly freezeMs: number;
}

const STATUSES = ['open', 'taken', 'done'] as const;
const LATEST_MS = 3_000;
const FREEZE_MS = { least: 1_000, most: 20_000 } as const;

/** The same for the same seed, on whatever machine. Pure. */
export const scheduleOf = (seed: number, pinned?: FaultName): Schedule => ({
  seed,
  fault: pinned ?? BY_SEED[seed % BY_SEED.length] ?? 'none',
  moment: momentOf(seed),
  choice: draw(seed, 'choice'),
  freezeMs: Math.round(FREEZE_MS.least + draw(seed, 'freeze') ** 2 * (FREEZE_MS.most - FREEZE_MS.least)),
});

const momentOf = (seed: number): Moment =>
  draw(seed, 'moment') < 0.7
    ? { kind: 'step', share: draw(seed, 'share'), status: pick(STATUSES, draw(seed, 'status')) ?? 'open' }
    : { kind: 'time', afterMs: Math.floor(draw(seed, 'time') * LATEST_MS) };

export const inWords = (moment: Moment): string =>
  moment.kind === 'time'
    ? `${moment.afterMs} ms after its start`
    : `step ${Math.floor(moment.share * 100)} % ${moment.status}`;
