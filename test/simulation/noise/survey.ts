import type { Random } from '#libs/runtime';
import { agreementIn, type Agreement, type NoisePolicy } from './episode.js';
import type { Layout } from './layout.js';
import { upper95 } from './poisson.js';
import { windowsOf, YEAR_MS, type Window } from './sources.js';

/** A failover that no loss called for, by year: as counted, and what the count leaves possible. */
export interface Rate {
  readonly falseFailoversPerYear: number;
  readonly upper95: number;
}

/** What noise did to one layout in so many years. Any dwell can be tried on it: nothing has acted. */
export interface Survey {
  readonly years: number;
  readonly windows: number;
  /** Of the windows in which a quorum agreed on a loss at all. */
  readonly agreements: readonly Agreement[];
}

/** A round, its time-out and the end of a vote's lease are over well within this. */
const QUIET_MS = 30_000;
/** Of the windows that cannot come to anything, one in so many is played all the same. */
const PLAY_LONE_EVERY = 1_000;

export function survey(layout: Layout, policy: NoisePolicy, years: number, random: Random): Survey {
  const agreements: Agreement[] = [];
  let [windows, lone] = [0, 0];
  for (const window of windowsOf(layout.sources, years * YEAR_MS, QUIET_MS, random)) {
    windows++;
    const isLone = blindedBy(window, layout) < 2;
    if (isLone && ++lone % PLAY_LONE_EVERY !== 0) continue;
    const agreement = agreementIn(window, layout, policy, random);
    if (agreement.byOwnReportMs === 0 && agreement.byQuorumMs === 0) continue;
    if (isLone) throw new Error(`one observer alone brought down a cluster: ${JSON.stringify(window)}`);
    agreements.push(agreement);
  }
  return { years, windows, agreements };
}

/** How many observers lose sight of the cluster at some time in a window. One alone is never enough for a verdict. */
const blindedBy = (window: Window, { standpoints }: Layout): number =>
  standpoints.filter(({ sight }) => sight.every((way) => window.some(({ source }) => way.includes(source)))).length;

export interface Dwells {
  readonly dwellShortMs: number;
  readonly dwellLongMs: number;
}

/** How often these dwells would have moved the group. A window moves it once. */
export function rateOf({ agreements, years }: Survey, { dwellShortMs, dwellLongMs }: Dwells): Rate {
  const count = agreements.filter(
    ({ byOwnReportMs, byQuorumMs }) => byOwnReportMs >= dwellShortMs || byQuorumMs >= dwellLongMs,
  ).length;
  return { falseFailoversPerYear: count / years, upper95: upper95(count, years) };
}
