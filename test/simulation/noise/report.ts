import type { Random } from '#libs/runtime';
import type { NoisePolicy } from './episode.js';
import { LAYOUTS, type LayoutName } from './layout.js';
import { rateOf, survey, type Dwells, type Rate, type Survey } from './survey.js';
import { decidedAfterMs, type Loss } from './true-loss.js';

/** What is recommended, and measured first. */
export const RECOMMENDED: LayoutName = 'own-report-by-another-way';

const CURVE_MS = Array.from({ length: 16 }, (_, index) => 15_000 * (index + 1));

export interface Point extends Dwells, Rate {}

export interface NoiseReport extends Rate {
  readonly years: number;
  readonly seed: number;
  /** Of all losses that were played: from the first failed round until clients are served elsewhere. */
  readonly trueLossRtoMsMax: number;
  readonly policy: NoisePolicy & { readonly layout: LayoutName };
  /** The longest from the first failed round to the decision. */
  readonly decidedAfterMsMax: Readonly<Record<Loss, number>>;
  /** A longer dwell than this serves a silent site's clients after the goal. */
  readonly dwellLongMsMax: number;
  /** The same policy, with other paths. */
  readonly layouts: Readonly<Record<LayoutName, Rate>>;
  /** Other dwells for a silent site. */
  readonly curves: Readonly<Record<LayoutName, readonly Point[]>>;
  /** Other dwells for a site that says itself that it is down, with the recommended paths. */
  readonly shortCurve: readonly Point[];
}

export interface NoiseTerms {
  readonly years: number;
  readonly seed: number;
  /** True losses of each kind. */
  readonly losses: number;
  readonly policy: NoisePolicy;
  /** From the decision until clients are served. */
  readonly afterDecisionMs: number;
  readonly rtoGoalMs: number;
  readonly random: (seed: number) => Random;
  readonly tell: (line: string) => void;
}

/** Plays years of noise on every layout, and true losses. Nothing here decides by itself: the detector and the verdict do. */
export function noiseReport(terms: NoiseTerms): NoiseReport {
  const { years, seed, policy, random, tell } = terms;
  const names = Object.keys(LAYOUTS) as LayoutName[];
  const surveys = names.map((name): readonly [LayoutName, Survey] => {
    tell(`${years} years of noise: ${LAYOUTS[name].words}`);
    return [name, survey(LAYOUTS[name], policy, years, random(seed))];
  });
  const each = <T>(of: (survey: Survey) => T) =>
    Object.fromEntries(surveys.map(([name, one]) => [name, of(one)])) as Record<LayoutName, T>;
  const layouts = each((one) => rateOf(one, policy));
  const long = each((one) => CURVE_MS.map((ms) => pointOf(one, upToLong(policy, ms))));
  const recommended = surveys.find(([name]) => name === RECOMMENDED)?.[1];
  tell(`${terms.losses} losses of a site, and as many of its cluster alone`);
  const decidedAfterMsMax = { site: longest('site', terms), cluster: longest('cluster', terms) };
  const decidedMs = Math.max(decidedAfterMsMax.site, decidedAfterMsMax.cluster);
  const trueLossRtoMsMax = Math.round(decidedMs + terms.afterDecisionMs);
  return {
    ...layouts[RECOMMENDED],
    trueLossRtoMsMax,
    policy: { layout: RECOMMENDED, ...policy },
    years,
    seed,
    decidedAfterMsMax,
    dwellLongMsMax: terms.rtoGoalMs - (trueLossRtoMsMax - policy.dwellLongMs),
    layouts,
    curves: long,
    shortCurve: recommended ? shorts(policy).map((dwells) => pointOf(recommended, dwells)) : [],
  };
}

const pointOf = (one: Survey, dwells: Dwells): Point => ({ ...dwells, ...rateOf(one, dwells) });

/** A silent site is never given less time than one that says down itself. */
const upToLong = ({ dwellShortMs }: Dwells, dwellLongMs: number): Dwells => ({
  dwellShortMs: Math.min(dwellShortMs, dwellLongMs),
  dwellLongMs,
});

const shorts = ({ dwellLongMs }: Dwells): readonly Dwells[] =>
  CURVE_MS.filter((ms) => ms <= dwellLongMs).map((dwellShortMs) => ({ dwellShortMs, dwellLongMs }));

function longest(loss: Loss, { policy, random, seed, losses }: NoiseTerms): number {
  const draw = random(seed);
  let mostMs = 0;
  for (let count = 0; count < losses; count++) {
    mostMs = Math.max(mostMs, decidedAfterMs(loss, LAYOUTS[RECOMMENDED], policy, draw));
  }
  return Math.round(mostMs);
}
