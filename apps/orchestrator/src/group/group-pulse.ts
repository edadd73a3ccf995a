import { SignalboxError } from '#libs/domain';
import type { Clock } from '#libs/runtime';

export interface Pulse {
  readonly clock: Clock;
  /** One group's loop, until nothing is left to do for now. @throws SignalboxError */
  readonly settle: () => Promise<void>;
  /** How long to rest; asked after every turn. */
  readonly restMs: () => number;
  readonly onAvailable: () => void;
  readonly onUnavailable: (problem: SignalboxError) => void;
}

/** Runs a group's loop until stopped: at every wake-up, and after every rest whatever happens. */
export class GroupPulse {
  private woken = new AbortController();
  private stopped = false;

  constructor(private readonly pulse: Pulse) {}

  wake(): void {
    this.woken.abort();
  }

  stop(): void {
    this.stopped = true;
    this.wake();
  }

  async run(): Promise<void> {
    const { clock, settle, restMs, onAvailable, onUnavailable } = this.pulse;
    while (!this.stopped) {
      this.woken = new AbortController();
      try {
        await settle();
        onAvailable();
      } catch (error) {
        if (!(error instanceof SignalboxError)) throw error;
        onUnavailable(error);
      }
      await clock.sleep(restMs(), this.woken.signal);
    }
  }
}
