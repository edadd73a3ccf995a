import type { Clock, Stop } from './clock.js';

/** So that a look every so often sees every delay that is longer. */
const SAMPLE_MS = 100;

/** One look at how time passes. */
export interface TimeSample {
  /** On the monotonic clock. */
  readonly atMs: number;
  /** How much later than it was due. */
  readonly lagMs: number;
  /** How far the wall clock moved beside the monotonic one: somebody set it, or the machine was suspended. */
  readonly jumpMs: number;
}

/** How time passes for this process: whether its event loop keeps up, and whether its two clocks agree. */
export class TimeSense {
  private readonly samples: TimeSample[] = [];
  private lastMs: number;
  private lastWallMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly keptMs: number,
  ) {
    this.lastMs = clock.monotonicMs();
    this.lastWallMs = clock.now();
  }

  start(): Stop {
    [this.lastMs, this.lastWallMs] = [this.clock.monotonicMs(), this.clock.now()];
    return this.clock.every(SAMPLE_MS, async () => this.sample());
  }

  /** Samples from then on. Whatever blocks the event loop blocks the sampling too: what is overdue now counts. */
  since(startMs: number): readonly TimeSample[] {
    return [...this.samples, this.now()].filter(({ atMs }) => atMs >= startMs);
  }

  /** All that is kept. */
  all(): readonly TimeSample[] {
    return this.since(this.clock.monotonicMs() - this.keptMs);
  }

  private sample(): void {
    const sample = this.now();
    this.samples.push(sample);
    // From the front, in place: it is done ten times a second in every process.
    const keptFromMs = sample.atMs - this.keptMs;
    while (this.samples.length > 1 && this.samples[0]!.atMs <= keptFromMs) this.samples.shift();
    [this.lastMs, this.lastWallMs] = [sample.atMs, this.clock.now()];
  }

  private now(): TimeSample {
    const atMs = this.clock.monotonicMs();
    const elapsedMs = atMs - this.lastMs;
    return { atMs, lagMs: elapsedMs - SAMPLE_MS, jumpMs: this.clock.now() - this.lastWallMs - elapsedMs };
  }
}

/** The largest jump, with its sign; 0 when there is none. */
export const largestJumpMs = (samples: readonly TimeSample[]): number =>
  samples.reduce((most, { jumpMs }) => (Math.abs(jumpMs) > Math.abs(most) ? jumpMs : most), 0);
