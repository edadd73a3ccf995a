import { Draw } from '../kernel/draw.js';
import type { Terms } from '../world/ground.js';
import { FAULTS } from './catalogue.js';

/** One fault of a schedule. It draws from a seed of its own, so that it is the same without the others. */
export interface Struck {
  readonly kind: string;
  /** World time. */
  readonly atMs: number;
  readonly forMs: number;
  readonly seed: number;
}

export interface Schedule {
  readonly seed: number;
  readonly hours: number;
  readonly terms: Terms;
  readonly faults: readonly Struck[];
}

const HOUR_MS = 3_600_000;
/** Before the first fault: until everything has been healthy for long enough to be trusted. */
const WARM_UP_MS = 90_000;
/** A kind of its own for most seeds: what ends a site is what everything else is about. */
const LOSSES = ['site-loss', 'site-isolated', 'kafka-killed', 'kafka-frozen', 'kafka-leaderless'];
const KINDS_AT_MOST = 9;

/** What a seed stands for: who the group trusts, which kinds of fault it meets, and when. */
export function scheduleOf(seed: number, hours: number): Schedule {
  const draw = new Draw(seed, 's');
  const fenceMode = draw.pick(['strict', 'strict', 'strict', 'guarded', 'advisory'] as const);
  const mode = draw.isSo(0.85) ? 'automatic' : 'approve';
  const terms: Terms = { fenceMode, mode, policy: { targetHealthyMs: 60_000 } };
  const kinds = draw.some(FAULTS, draw.whole(3, KINDS_AT_MOST)).map(({ name }) => name);
  if (draw.isSo(0.7)) kinds.push(draw.pick(LOSSES));
  const bursts = draw.whole(1, 2);
  const faults: Struck[] = [];
  for (let burst = 0; burst < bursts; burst++) {
    const startMs = WARM_UP_MS + draw.between(0, hours * HOUR_MS - WARM_UP_MS);
    const size = draw.whole(1, 4);
    for (let one = 0; one < size; one++) faults.push(strike(draw, kinds, startMs));
  }
  return { seed, hours, terms, faults: faults.toSorted((one, other) => one.atMs - other.atMs) };
}

/** Faults come in bursts: alone each of them is easy. */
function strike(draw: Draw, kinds: readonly string[], startMs: number): Struck {
  const kind = draw.pick(kinds);
  const [lowMs, highMs] = FAULTS.find(({ name }) => name === kind)?.lasts ?? [1_000, 1_000];
  const atMs = Math.round(startMs + (draw.isSo(0.3) ? 0 : draw.lasting(1_000, 150_000)));
  return { kind, atMs, forMs: draw.lasting(lowMs, highMs), seed: draw.whole(0, 0x7fffffff) };
}
