import type { Random } from '#libs/runtime';
import { HOME, type Layout } from './layout.js';
import type { Troubled } from './observer.js';
import { observersOf, verdictsOver, type NoisePolicy } from './episode.js';

/** `site`: nothing of it answers any more. `cluster`: the site is there, and says itself that its Kafka is not. */
export type Loss = 'site' | 'cluster';

/** From the first failed round of anybody until the rules would act, in ms. */
export function decidedAfterMs(loss: Loss, layout: Layout, policy: NoisePolicy, random: Random): number {
  const lostAtMs = policy.roundMs * (2 + random.fraction());
  const isGone: Troubled = (_source, _fromMs, toMs) => toMs >= lostAtMs;
  const observers = observersOf(losing(layout, loss), policy, random, isGone, 0);
  for (const { atMs, verdict } of verdictsOver(observers, policy)) {
    if (atMs < lostAtMs || verdict.kind !== 'down' || verdict.failedForMs < (verdict.dwellMs ?? Infinity)) continue;
    // Nobody counts the rounds of an observer that is gone.
    const counting = observers.filter(({ standpoint }) => loss === 'cluster' || standpoint.site !== HOME);
    const firstFailedMs = Math.min(...counting.map(({ streak }) => streak.failedSinceMs ?? Infinity));
    return atMs - firstFailedMs;
  }
  return Infinity;
}

/** Every way leads to what is lost, except that a site that is still there keeps its word. */
const losing = (layout: Layout, loss: Loss): Layout => ({
  ...layout,
  standpoints: layout.standpoints.map(({ site }) => ({
    site,
    sight: [['lost']],
    word: [loss === 'site' && site === HOME ? ['lost'] : []],
  })),
});
