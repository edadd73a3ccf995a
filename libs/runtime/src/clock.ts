import { setTimeout as delay } from 'node:timers/promises';
import { instant, type Instant } from '#libs/domain';

/** Stops whatever it was returned for. Idempotent. */
export type Stop = () => void;

/** Port: time. Ages and deadlines use `monotonicMs`; `now` is for records and people. The simulator has its own. */
export abstract class Clock {
  abstract now(): Instant;
  /** Never goes back and is not set by anybody; only differences mean something. */
  abstract monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  abstract sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` every `ms`, counted from the end of the previous one, so that runs never overlap. `task` must not reject. */
  abstract every(ms: number, task: () => Promise<void>): Stop;
}

export class SystemClock extends Clock {
  override now(): Instant {
    return instant(Date.now());
  }

  override monotonicMs(): number {
    return performance.now();
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => undefined);
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
}
