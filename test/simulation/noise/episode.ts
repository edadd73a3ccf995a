import { verdictOn, voicesOn, type DecisionPolicy } from '#libs/decision';
import type { Verdict, Vote } from '#libs/domain';
import type { Random } from '#libs/runtime';
import { HOME, type Layout } from './layout.js';
import { CLUSTER, Observer, type ObserverPolicy, type Troubled } from './observer.js';
import type { Window } from './sources.js';

export type NoisePolicy = ObserverPolicy & Pick<DecisionPolicy, 'quorum' | 'dwellShortMs' | 'dwellLongMs'>;

/** How long the quorum agreed, at the most, by the rule that would have acted. A dwell that is longer does not act. */
export interface Agreement {
  /** With the site's own report, against `dwellShortMs`. */
  readonly byOwnReportMs: number;
  /** With the site silent, against `dwellLongMs`. */
  readonly byQuorumMs: number;
}

/** One probe in a hundred is lost by chance, whatever else happens. */
const LOSS_RATE = 0.01;

/** Everybody's opinion after each change of the journal; ends when `until` says so. */
export function* verdictsOver(
  observers: readonly Observer[],
  policy: NoisePolicy,
): Generator<{ readonly atMs: number; readonly verdict: Verdict }> {
  const sites = observers.map(({ standpoint }) => standpoint.site);
  for (;;) {
    const next = observers.reduce((one, other) => (other.nextMs < one.nextMs ? other : one));
    const atMs = next.nextMs;
    next.step();
    const votes = observers.flatMap(({ held }): readonly Vote[] => (held ? [held] : []));
    yield { atMs, verdict: verdictOn(CLUSTER, HOME, voicesOn(CLUSTER, sites, votes), policy) };
  }
}

export const observersOf = (
  layout: Layout,
  policy: NoisePolicy,
  random: Random,
  troubled: Troubled,
  fromMs: number,
): readonly Observer[] =>
  layout.standpoints.map((each) => new Observer(each, policy, random, troubled, fromMs, LOSS_RATE));

/** Plays one window of noise with the detector, the votes and the verdict as they are in production. */
export function agreementIn(window: Window, layout: Layout, policy: NoisePolicy, random: Random): Agreement {
  const fromMs = (window[0]?.fromMs ?? 0) - policy.roundMs;
  const endMs = Math.max(...window.map(({ toMs }) => toMs));
  const troubled: Troubled = (source, from, to) =>
    window.some((each) => each.source === source && each.fromMs <= to && each.toMs >= from);
  const observers = observersOf(layout, policy, random, troubled, fromMs);
  let [byOwnReportMs, byQuorumMs] = [0, 0];
  for (const { atMs, verdict } of verdictsOver(observers, policy)) {
    if (verdict.rule === 'verdict-2-down-by-own-report') byOwnReportMs = Math.max(byOwnReportMs, verdict.failedForMs);
    else if (verdict.kind === 'down') byQuorumMs = Math.max(byQuorumMs, verdict.failedForMs);
    if (atMs > endMs && observers.every(({ isCalm }) => isCalm)) break;
  }
  return { byOwnReportMs, byQuorumMs };
}
