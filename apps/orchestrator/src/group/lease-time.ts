/** The journal's clock may run this share faster than ours: to it the lease is over sooner. */
const CLOCK_RATE_TOLERANCE = 0.1;
/** Of the lease, for what passes between a look at the clock and the act: 1 s of 15. */
const MARGIN = 1 / 15;
/** Of the lease: renewed when this much has passed, so that two renewals may fail. */
const RENEW_AFTER = 1 / 3;

/**
 * How far the holder of a lease may rely on it, by its own monotonic clock. Pure. Everything counts from when the
 * renewal was sent: when it arrived nobody here knows, and the answer may have taken long. A hint only, for less noise:
 * what is committed compares the leader key, and every resource the epoch.
 */
export class LeaseTime {
  private sentAtMs = -Infinity;

  constructor(private readonly ttlMs: number) {}

  /** A grant or a renewal that was sent then has succeeded. */
  renewed(sentAtMs: number): void {
    this.sentAtMs = Math.max(this.sentAtMs, sentAtMs);
  }

  ended(): void {
    this.sentAtMs = -Infinity;
  }

  get safeUntilMs(): number {
    return this.sentAtMs + this.ttlMs * (1 - CLOCK_RATE_TOLERANCE - MARGIN);
  }

  /** Something that starts now and takes this long is over before anybody else can hold the lease. */
  covers(durationMs: number, nowMs: number): boolean {
    return this.safeUntilMs - nowMs >= durationMs;
  }

  isDue(nowMs: number): boolean {
    return nowMs - this.sentAtMs >= this.ttlMs * RENEW_AFTER;
  }
}
