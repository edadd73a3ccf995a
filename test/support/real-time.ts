import { instant, type Instant } from '#libs/domain';
import { SystemClock, type Stop } from '#libs/runtime';
import { VirtualClock } from './virtual-clock.js';

/** The machine's own time behind the handle of the virtual one: what is played in memory is played on real parts. */
export class RealTime extends VirtualClock {
  readonly #clock = new SystemClock();

  override now(): Instant {
    return instant(this.#clock.now());
  }

  override monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  override every(ms: number, task: () => Promise<void>): Stop {
    return this.#clock.every(ms, task);
  }

  override async advance(ms: number): Promise<void> {
    await this.#clock.sleep(ms);
  }
}
