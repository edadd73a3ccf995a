import { Draw } from '../kernel/draw.js';
import type { Terms } from '../world/ground.js';
import { faultNamed, FAULTS } from './catalogue.js';

/** One fault of a schedule. It draws from a seed of its own, so that it is the same without the others. */
export interface Struck {
  readonly kind: string;
  /** World time. */
  readonly atMs: number;
  readonly forMs: number;
  readonly seed: number;
  /** It lies in wait from then on, and strikes so long after a run has begun: the next one, or one after that. */
  readonly inRunMs?: number;
  readonly passes?: number;
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
const KINDS_AT_MOST = 9;
/** What makes a group move: everything else is about what happens then. */
const CAUSES = [
  'site-loss',
  'site-isolated',
  'kafka-killed',
  'kafka-frozen',
  'kafka-leaderless',
  'lost-while-behind',
  'back-at-the-last-moment',
  'two-sites-at-once',
  'people-move',
  'people-move',
];
/** What hurts a run most. */
const AMBUSHES = [
  'zombie-worker',
  'zombie-worker',
  'zombie-worker',
  'connect-away',
  'worker-pause',
  'leader-crash',
  'worker-pause',
  'process-crash',
  'crash-loop',
  'commit-unknown',
  'lease-early',
  'journal-leader-loss',
  'watch-gap',
  'latency',
  'dns-away',
  'dns-unanswered',
  'config-conflict',
  'config-unanswered',
  'connect-unanswered',
  'people-abort',
  'redis-loses',
];

/** Which kinds of fault the schedules of a hunt are made of: so many lives are not about the rule that is looked at. */
export interface Mix {
  /** All of them in every burst. */
  readonly causes: readonly string[];
  /** Some of them in wait for the runs that follow. */
  readonly ambushes: readonly string[];
  readonly terms?: Partial<Pick<Terms, 'fenceMode' | 'mode'>>;
}

const AMBUSH_AT_MOST_MS = 60_000;
/** A run takes about this long when nothing is in its way. */
const RUN_MS = 5_000;

/** What a seed stands for: who the group trusts, which kinds of fault it meets, and when; in a hunt, faults of its mix. */
export function scheduleOf(seed: number, hours: number, mix?: Mix): Schedule {
  const draw = new Draw(seed, 's');
  const fenceMode = draw.pick(['strict', 'strict', 'strict', 'guarded', 'advisory'] as const);
  const mode = draw.isSo(0.85) ? 'automatic' : 'approve';
  const terms: Terms = { fenceMode, mode, policy: { targetHealthyMs: 60_000 }, ...mix?.terms };
  const kinds = draw.some(FAULTS, draw.whole(3, KINDS_AT_MOST)).map(({ name }) => name);
  const faults: Struck[] = [];
  for (let burst = draw.whole(1, 2); burst > 0; burst--) {
    const startMs = WARM_UP_MS + draw.between(0, hours * HOUR_MS - 2 * WARM_UP_MS);
    if (mix) {
      faults.push(...huntingBurst(draw, mix, startMs));
      continue;
    }
    if (draw.isSo(0.8)) faults.push(strike(draw, draw.pick(CAUSES), startMs));
    for (let one = draw.whole(0, 3); one > 0; one--) faults.push(strike(draw, draw.pick(kinds), startMs));
    for (let one = draw.whole(0, 3); one > 0; one--)
      faults.push(ambush(draw, draw.pick(draw.isSo(0.7) ? AMBUSHES : kinds), startMs));
  }
  return { seed, hours, terms, faults: faults.toSorted((one, other) => one.atMs - other.atMs) };
}

const huntingBurst = (draw: Draw, { causes, ambushes }: Mix, startMs: number): readonly Struck[] => [
  ...causes.map((kind) => strike(draw, kind, startMs)),
  ...draw.some(ambushes, Math.min(ambushes.length, draw.whole(1, 3))).map((kind) => ambush(draw, kind, startMs)),
];

/** Faults come in bursts: alone each of them is easy. */
function strike(draw: Draw, kind: string, startMs: number): Struck {
  const [lowMs, highMs] = faultNamed(kind).lasts;
  const atMs = Math.round(startMs + (draw.isSo(0.3) ? 0 : draw.lasting(1_000, 150_000)));
  return { kind, atMs, forMs: draw.lasting(lowMs, highMs), seed: draw.whole(0, 0x7fffffff) };
}

function ambush(draw: Draw, kind: string, startMs: number): Struck {
  const struck = strike(draw, kind, startMs);
  return {
    ...struck,
    forMs: Math.min(struck.forMs, AMBUSH_AT_MOST_MS),
    inRunMs: draw.isSo(0.4) ? 0 : Math.round(draw.between(0, RUN_MS)),
    passes: draw.isSo(0.5) ? 0 : draw.whole(1, 3),
  };
}
