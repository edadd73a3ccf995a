import { SignalboxError } from '#libs/domain';
import type { Clock } from '#libs/runtime';

export interface Pulse {
  readonly clock: Clock;
  /** One group's loop, until nothing is left to do for now. @throws SignalboxError */
  readonly settle: () => Promise<void>;
  /** Whether the group's next decision may hang on what is written there; when absent, it always may. */
  readonly concerns?: (key: string) => boolean;
  /** How long to rest; asked after every turn. */
  readonly restMs: () => number;
  readonly onAvailable: () => void;
  readonly onUnavailable: (problem: SignalboxError) => void;
}

/** Given, since making the usual reason of an abort, with its stack, costs more than a look at the group. */
const WOKEN = 'woken';

/** Runs a group's loop until stopped: at every wake-up, and after every rest whatever happens. */
export class GroupPulse {
  private woken = new AbortController();
  private stopped = false;

  constructor(private readonly pulse: Pulse) {}

  /** Cheap, however often it is called before the next turn. */
  wake(): void {
    if (!this.woken.signal.aborted) this.woken.abort(WOKEN);
  }

  /** Something was written to the journal: wakes the loop if it may concern this group. */
  changed(key: string): void {
    if (this.pulse.concerns?.(key) ?? true) this.wake();
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
