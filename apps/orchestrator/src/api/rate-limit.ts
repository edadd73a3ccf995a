import type { Clock } from '#libs/runtime';

export interface Rate {
  readonly perSecond: number;
  /** What may come at once after a pause. */
  readonly burst: number;
}

interface Bucket {
  left: number;
  atMs: number;
}

const SECOND_MS = 1_000;
/** Whoever makes up names would fill the memory; buckets that are full again say nothing and are dropped. */
const BUCKETS_MAX = 10_000;

/** Lets each name ask so often and no more: a bucket of requests that fills up again. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
  ) {}

  /** 0 when it may; otherwise how many ms until it may again. */
  take(name: string): number {
    const now = this.clock.now();
    const bucket = this.filled(name, now);
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return 0;
    }
    return Math.ceil(((1 - bucket.left) / this.rate.perSecond) * SECOND_MS);
  }

  private filled(name: string, now: number): Bucket {
    if (!this.buckets.has(name) && this.buckets.size >= BUCKETS_MAX) this.dropFull(now);
    const bucket = this.buckets.get(name) ?? { left: this.rate.burst, atMs: now };
    bucket.left = this.leftOf(bucket, now);
    bucket.atMs = now;
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** A clock that was set back gives nothing. */
  private leftOf({ left, atMs }: Bucket, now: number): number {
    return Math.min(this.rate.burst, left + (Math.max(0, now - atMs) / SECOND_MS) * this.rate.perSecond);
  }

  /** When nobody's is full, the oldest go: forgetting one gives it a burst and no more. */
  private dropFull(now: number): void {
    for (const [name, bucket] of this.buckets) {
      if (this.leftOf(bucket, now) >= this.rate.burst) this.buckets.delete(name);
    }
    const [oldest] = this.buckets.keys();
    if (this.buckets.size >= BUCKETS_MAX && oldest !== undefined) this.buckets.delete(oldest);
  }
}
