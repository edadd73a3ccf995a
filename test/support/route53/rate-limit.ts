import type { Clock } from '#libs/runtime';

/** A bucket of one second's requests. */
export class RateLimit {
  private left = Number.POSITIVE_INFINITY;
  private atMs: number;

  constructor(private readonly clock: Clock) {
    this.atMs = clock.monotonicMs();
  }

  take(perSecond: number): boolean {
    const nowMs = this.clock.monotonicMs();
    this.left = Math.min(perSecond, this.left + ((nowMs - this.atMs) / 1_000) * perSecond);
    this.atMs = nowMs;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
