import { decode, StepRecordWire } from '#libs/contracts';
import { UnavailableError, type SiteId } from '#libs/domain';
import type { Doorbell } from '#libs/jobs';
import { keys, type Journal, type Revision } from '#libs/journal';
import type { Clock, Stop } from '#libs/runtime';

/**
 * Rings this site's workers for the steps that wait here. The journal is the truth and the bell may be lost: workers
 * look by themselves every few seconds, so nothing here is retried beyond the next look.
 */
export class Dispatcher {
  constructor(
    private readonly journal: Journal,
    private readonly doorbell: Doorbell,
    private readonly site: SiteId,
    private readonly clock: Clock,
  ) {}

  /** Rings for what is open now, for everything opened from here on, and again for what stays open. */
  start(everyMs: number): Stop {
    let stopWatch: Stop = () => undefined;
    const watch = (after: Revision) => {
      stopWatch();
      stopWatch = this.journal.watch(keys.openSteps(this.site), after, {
        onEvents: (events) => {
          for (const event of events) if (event.kind === 'put') void this.ring(event.entry.value);
        },
        onGap: () => {
          watching = false;
          void look();
        },
      });
    };
    let watching = false;
    const look = async () => {
      const snapshot = await this.journal.read(keys.openSteps(this.site)).catch(ignoreUnavailable);
      if (!snapshot) return;
      if (!watching) watch(snapshot.revision);
      watching = true;
      await Promise.all(snapshot.entries.map(({ value }) => this.ring(value)));
    };
    const stopLooking = this.clock.every(everyMs, look);
    return () => {
      stopLooking();
      stopWatch();
    };
  }

  private async ring(stepKey: string): Promise<void> {
    const snapshot = await this.journal.read(stepKey).catch(ignoreUnavailable);
    const entry = snapshot?.entries[0];
    const step = entry && decode(StepRecordWire, entry.value, stepKey);
    // The site-guard depends on no queue: it watches the journal itself.
    if (!step?.ok || step.value.status !== 'open' || step.value.worker === 'site-guard') return;
    await this.doorbell.ring(step.value.worker, stepKey);
  }
}

function ignoreUnavailable(error: unknown): undefined {
  if (!(error instanceof UnavailableError)) throw error;
}
