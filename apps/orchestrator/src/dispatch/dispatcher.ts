import { decode, RunWire, StepRecordWire, type QueueStatus } from '#libs/contracts';
import { UnavailableError, type Ring, type SiteId, type StepRecord, type WorkerKind } from '#libs/domain';
import type { Doorbell } from '#libs/jobs';
import { keys, type Journal, type Revision } from '#libs/journal';
import type { Clock, Stop } from '#libs/runtime';

/** The site-guard depends on no queue: it watches the journal itself. */
const RUNG: readonly WorkerKind[] = ['dns-switcher', 'config-switcher', 'mirror-switcher'];

/**
 * Rings this site's workers for the steps that wait here. The journal is the truth and the bell may be lost: workers
 * look by themselves every few seconds, so nothing here is retried beyond the next look.
 */
export class Dispatcher {
  private readonly counts = new Map(RUNG.map((worker) => [worker, { rung: 0, missed: 0 }]));

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

  /** What waits in each queue now, and how ringing has gone so far. */
  queues(): Promise<QueueStatus[]> {
    return Promise.all(
      [...this.counts].map(async ([worker, counts]) => {
        const waiting = await this.doorbell.waiting(worker);
        return { worker, depth: waiting?.depth ?? null, oldestMs: waiting?.oldestMs ?? null, ...counts };
      }),
    );
  }

  private async ring(stepKey: string): Promise<void> {
    const snapshot = await this.journal.read(stepKey, keys.runOf(stepKey)).catch(ignoreUnavailable);
    const valueAt = (key: string) => snapshot?.entries.find((entry) => entry.key === key)?.value ?? '';
    const step = decode(StepRecordWire, valueAt(stepKey), stepKey);
    const run = decode(RunWire, valueAt(keys.runOf(stepKey)), stepKey);
    if (!step.ok || !run.ok || step.value.status !== 'open') return;
    const counts = this.counts.get(step.value.worker);
    if (!counts) return;
    const isRung = await this.doorbell.ring(step.value.worker, ringFor(step.value, run.value.planHash));
    counts[isRung ? 'rung' : 'missed'] += 1;
  }
}

const ringFor = ({ run, name, epoch, attempt }: StepRecord, planHash: string): Ring => ({
  run,
  step: name,
  epoch,
  attempt,
  planHash,
});

function ignoreUnavailable(error: unknown): undefined {
  if (!(error instanceof UnavailableError)) throw error;
}
