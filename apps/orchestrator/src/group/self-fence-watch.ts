import type { Json, SiteId, StepRecord } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { GroupView } from './group-view.js';

/** The guard's clock may run this much slower than ours before the waiting is too short (design §7). */
const CLOCK_DRIFT = 1.1;

/**
 * How long each guard has been silent, on this process's own monotonic clock: from the first linearizable read that
 * showed its latest renewal, which is later than the guard sent it. A new leader starts counting anew: late is safe.
 */
export class SelfFenceWatch {
  private readonly seen = new Map<string, { readonly renewal: string; readonly sinceMs: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly fenceMarginMs: number,
  ) {}

  observe({ guards }: GroupView): void {
    for (const [site, { record }] of Object.entries(guards)) {
      if (!record) continue;
      const renewal = `${record.incarnation}/${record.renewal}`;
      if (this.seen.get(site)?.renewal !== renewal) this.seen.set(site, { renewal, sinceMs: this.clock.monotonicMs() });
    }
  }

  /** The evidence that the guard of `site` must have fenced by itself by now, or undefined while that cannot be said. */
  waitedOut(site: SiteId, { guards }: GroupView): Json | undefined {
    const record = guards[site]?.record;
    const seen = this.seen.get(site);
    if (!record?.armed || !seen) return undefined;
    const silentMs = this.clock.monotonicMs() - seen.sinceMs;
    const neededMs = record.selfFenceMs * CLOCK_DRIFT + this.fenceMarginMs;
    if (silentMs < neededMs) return undefined;
    return {
      guard: record.process,
      lastRenewal: record.renewal,
      silentMs: Math.round(silentMs),
      neededMs: Math.round(neededMs),
      armedBy: record.armedBy,
    };
  }
}

/** For how long the wait for a guard had been over when a step was settled by it, in ms; 0 for what was settled otherwise. */
export function overdueMs(verifiedBy: StepRecord['verifiedBy']): number {
  if (verifiedBy?.check !== 'self-fence-waited-out') return 0;
  const { silentMs, neededMs } = verifiedBy.observed as Readonly<Record<string, Json | undefined>>;
  return typeof silentMs === 'number' && typeof neededMs === 'number' ? Math.max(0, silentMs - neededMs) : 0;
}
