import type { Random } from '#libs/runtime';

/** One cause of trouble that comes and goes by itself: a two-state (Gilbert-Elliott) process. */
export interface Source {
  readonly name: string;
  /** From the end of one trouble to the next, on average. */
  readonly everyMs: number;
  /** How long one lasts, on average. */
  readonly lastsMs: number;
}

export interface Trouble {
  readonly source: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Troubles that follow each other too closely to be looked at one by one; around them all is quiet. */
export type Window = readonly Trouble[];

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const YEAR_MS = 365.25 * DAY_MS;

/** An observer that has trouble of its own: with its machine, its switch, its last mile. */
export const ofObserver = (name: string): Source => ({ name, everyMs: 6 * HOUR_MS, lastsMs: 20_000 });

/** A network path that several observers use. Paths that share nothing are sources of their own. */
export const ofPath = (name: string): Source => ({ name, everyMs: 30 * DAY_MS, lastsMs: 45_000 });

const exponential = (meanMs: number, random: Random): number => -meanMs * Math.log(1 - random.fraction());

/**
 * Every window of noise until `untilMs`. Between two windows there is at least `quietMs` in which every round is good: what
 * happens in one cannot reach into the next, so that the quiet time needs no simulation.
 */
export function* windowsOf(
  sources: readonly Source[],
  untilMs: number,
  quietMs: number,
  random: Random,
): Generator<Window> {
  const after = (source: Source, atMs: number): Trouble => {
    const fromMs = atMs + exponential(source.everyMs, random);
    return { source: source.name, fromMs, toMs: fromMs + exponential(source.lastsMs, random) };
  };
  const upcoming = sources.map((source) => after(source, 0));
  while (true) {
    let index = soonest(upcoming);
    let trouble = upcoming[index];
    if (!trouble || trouble.fromMs >= untilMs) return;
    const window: Trouble[] = [];
    let endMs = -Infinity;
    for (; trouble && (endMs === -Infinity || trouble.fromMs < endMs + quietMs); trouble = upcoming[index]) {
      window.push(trouble);
      endMs = Math.max(endMs, trouble.toMs);
      upcoming[index] = after(sources[index] as Source, trouble.toMs);
      index = soonest(upcoming);
    }
    yield window;
  }
}

/** A loop and no more: a simulated year asks ten thousand times. */
function soonest(upcoming: readonly Trouble[]): number {
  let first = 0;
  for (let index = 1; index < upcoming.length; index++) {
    if ((upcoming[index] as Trouble).fromMs < (upcoming[first] as Trouble).fromMs) first = index;
  }
  return first;
}
