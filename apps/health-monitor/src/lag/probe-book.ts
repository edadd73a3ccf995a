/** A record that the source has taken and the target does not show. */
interface Missing {
  readonly sequence: number;
  /** When the source had acknowledged it. */
  readonly ackedAtMs: number;
}

/** From then on several are kept as one, as old as the oldest of them: a flow may be stopped for days. */
const MISSING_MAX = 256;

/** What arrived with one record. */
export interface Arrival {
  /** Acknowledged before it, and never seen. */
  readonly lost: number;
  readonly isRepeated: boolean;
}

/** Which records of one writer are at the source and which of them at the target. Pure; times of one monotonic clock. */
export class ProbeBook {
  private missing: readonly Missing[] = [];
  private highest = 0;
  /** One arrival was seen, so that what does not follow on it is lost. */
  private isFollowing = false;
  private arrivedAtMs?: number;
  private lookedAtMs?: number;

  acknowledged(sequence: number, ackedAtMs: number): void {
    // Its copy may be seen before the answer of the source.
    if (sequence <= this.highest) return;
    const last = this.missing.at(-1);
    this.missing =
      last && this.missing.length >= MISSING_MAX
        ? [...this.missing.slice(0, -1), { sequence, ackedAtMs: last.ackedAtMs }]
        : [...this.missing, { sequence, ackedAtMs }];
  }

  arrived(sequence: number, atMs: number): Arrival {
    this.arrivedAtMs = atMs;
    const isRepeated = this.isFollowing && sequence <= this.highest;
    const passed = this.missing.filter((each) => each.sequence < sequence).length;
    const lost = this.isFollowing ? passed : 0;
    this.missing = this.missing.filter((each) => each.sequence > sequence);
    this.highest = Math.max(this.highest, sequence);
    this.isFollowing = true;
    return { lost, isRepeated };
  }

  /** Everything that was at the target at `atMs` has been told. */
  lookedAt(atMs: number): void {
    this.lookedAtMs = atMs;
  }

  /** The log at the target is another one, or was not followed for too long. */
  startAnew(): void {
    this.isFollowing = false;
  }

  /**
   * How long the oldest record has been missing as of `nowMs`, in ms; 0 when none is. A target that cannot be looked at says
   * nothing, so it counts up to the latest look.
   */
  missingMs(nowMs: number): number {
    const [oldest] = this.missing;
    if (!oldest || this.lookedAtMs === undefined) return 0;
    return Math.max(0, Math.min(nowMs, this.lookedAtMs) - oldest.ackedAtMs);
  }

  sinceArrivalMs(nowMs: number): number | undefined {
    return this.arrivedAtMs === undefined ? undefined : Math.max(0, nowMs - this.arrivedAtMs);
  }
}
