import { messageOf } from '#libs/domain';
import type { Clock, Readiness } from '#libs/runtime';
import type { ListenerFence } from '../fence/listener-fence.js';
import type { SiteLease } from '../lease/site-lease.js';
import type { GroupGuard } from './group-guard.js';

/** While something is owed. Short, so that a broker that comes back is fenced within a second. */
const OWING_MS = 200;

export interface EnforcementSettings {
  readonly guards: readonly GroupGuard[];
  readonly reassertMs: number;
  /** What the first answer of the journal gets before the guard acts as if it were never to come. */
  readonly firstReadMs: number;
}

/** Runs the groups' guards, each in its own loop: one that waits for a frozen broker holds up no other. */
export class Enforcement {
  private readonly stopped = new AbortController();
  private wake = new AbortController();

  constructor(
    private readonly lease: SiteLease,
    private readonly clock: Clock,
    private readonly listener: ListenerFence | undefined,
    private readonly readiness: Readiness,
    private readonly settings: EnforcementSettings,
  ) {}

  stop(): void {
    this.stopped.abort();
  }

  /**
   * Reads the journal BEFORE it touches anything: a guard that restarts in a healthy active site causes no outage, and
   * one that gets no answer fences at once.
   */
  async run(): Promise<void> {
    const { guards, firstReadMs } = this.settings;
    const answered = new AbortController();
    this.lease.onRenewal(() => {
      answered.abort();
      this.wake.abort();
      this.wake = new AbortController();
    });
    const stop = this.lease.start();
    this.stopped.signal.addEventListener('abort', stop);
    await Promise.all([
      this.clock.sleep(firstReadMs, AbortSignal.any([answered.signal, this.stopped.signal])),
      this.recoverListener(),
    ]);
    await Promise.all(guards.map((guard) => this.loop(guard)));
  }

  /** Until the site's command says so, nobody knows whether an earlier guard left the listener closed. */
  private async recoverListener(): Promise<void> {
    const { clock, settings, listener, readiness } = this;
    try {
      await listener?.recover(settings.guards.filter(({ actsAlone }) => actsAlone).map(({ group }) => group));
      if (listener) readiness.ready('fence command');
    } catch (error) {
      readiness.missing('fence command', messageOf(error));
      void clock.sleep(settings.reassertMs, this.stopped.signal).then(() => {
        if (!this.stopped.signal.aborted) void this.recoverListener();
      });
    }
  }

  private async loop(guard: GroupGuard): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const result = await guard.round(this.stopped.signal);
      const leftMs = this.lease.leftMs();
      // Never sleeps past the end of the lease.
      const untilLapseMs = leftMs > 0 ? leftMs : Infinity;
      const pauseMs = Math.min(result === 'owing' ? OWING_MS : this.settings.reassertMs / 2, untilLapseMs);
      await this.clock.sleep(pauseMs, AbortSignal.any([this.stopped.signal, this.wake.signal]));
    }
  }
}
