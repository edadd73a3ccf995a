import { setImmediate } from 'node:timers/promises';
import { instant, type Instant } from '#libs/domain';
import { Clock, type Stop } from '#libs/runtime';

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** Time that passes only when a test says so, in the order in which it was asked for. */
export class VirtualClock extends Clock {
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;

  /** Some fixed day, so that records have the same dates in every run. */
  constructor(private readonly startMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  override now(): Instant {
    return instant(this.startMs + this.#elapsedMs);
  }

  override monotonicMs(): number {
    return this.#elapsedMs;
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = { dueMs: this.#elapsedMs + Math.max(0, ms), fire: () => end() };
      const end = () => {
        this.#timers.delete(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      signal?.addEventListener('abort', end);
      this.#timers.add(timer);
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

  /** Lets `ms` pass, timer by timer, and everything that follows from each of them, before the next one fires. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#elapsedMs + ms;
    await settle();
    for (let next = this.#nextDue(targetMs); next; next = this.#nextDue(targetMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.fire();
      await settle();
    }
    this.#elapsedMs = targetMs;
  }

  /** Lets time pass in steps of `stepMs` until `condition` holds. @throws Error after `withinMs` of virtual time. */
  async advanceUntil(condition: () => boolean | Promise<boolean>, withinMs = 60_000, stepMs = 50): Promise<void> {
    const deadlineMs = this.#elapsedMs + withinMs;
    await settle();
    while (!(await condition())) {
      if (this.#elapsedMs >= deadlineMs) throw new Error(`not so within ${withinMs} virtual ms: ${String(condition)}`);
      await this.advance(stepMs);
    }
  }

  #nextDue(targetMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= targetMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

/** Returns after every promise that can settle without time or I/O has settled. */
export const settle = (): Promise<void> => setImmediate();
