import { instant, type Instant } from '#libs/domain';
import { Clock, type Stop } from '#libs/runtime';
import type { Timeline } from './timeline.js';

/** The same day in every run. */
export const STARTED_AT = Date.UTC(2026, 0, 1);

/** Who hears from a clock: a process that stands still hears nothing until it goes on, and a dead one never. */
export interface Hearer {
  readonly hearsTime: (wake: () => void) => void;
}

/** A process's two clocks, with everything that can be wrong with them. */
export class SimClock extends Clock {
  /** Share by which the oscillator is off. */
  #rate = 1;
  #baseMs = 0;
  #baseAtMs = 0;
  #suspendedMs = 0;
  #skewMs = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly hearer: Hearer,
    /** Whether its dates have lived through what was skipped; durations never have. */
    private readonly feelsSkips: boolean,
  ) {
    super();
    this.#baseAtMs = timeline.nowMs;
    this.#baseMs = timeline.nowMs;
  }

  override now(): Instant {
    const skippedMs = this.feelsSkips ? this.timeline.skippedMs : 0;
    return instant(Math.round(STARTED_AT + this.#ranMs() + skippedMs + this.#skewMs));
  }

  override monotonicMs(): number {
    return this.#ranMs() - this.#suspendedMs;
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.timeline.after(ms / this.#rate, () => this.hearer.hearsTime(end));
      signal?.addEventListener('abort', end);
    });
  }

  override every(ms: number, task: () => Promise<void>): Stop {
    const stopped = new AbortController();
    const loop = async () => {
      while (!stopped.signal.aborted) {
        await task();
        await this.sleep(ms, stopped.signal);
      }
    };
    void loop();
    return () => stopped.abort();
  }

  /** The machine slept: its monotonic clock stood still meanwhile. */
  wasSuspended(ms: number): void {
    this.#suspendedMs += ms * this.#rate;
  }

  /** Somebody set the time. */
  jumps(byMs: number): void {
    this.#skewMs += byMs;
  }

  runsAt(rate: number): void {
    this.#baseMs = this.#ranMs();
    this.#baseAtMs = this.timeline.nowMs;
    this.#rate = rate;
  }

  #ranMs(): number {
    return this.#baseMs + (this.timeline.nowMs - this.#baseAtMs) * this.#rate;
  }
}
