import { decodeOrThrow, RunWire, StepRecordWire } from '#libs/contracts';
import { isSettled, isTerminal, type GroupId, type Run, type StepRecord } from '#libs/domain';
import { keys, type EtcdJournal, type WatchEvent } from '#libs/journal';
import type { Clock, Stop } from '#libs/runtime';
import type { Moment } from './schedule.js';

/** One record that was written. */
interface Seen {
  readonly run?: Run;
  readonly step?: StepRecord;
}

/** Follows every run in the journal, change by change, so that a fault can strike exactly between two of them. */
export class RunWatch {
  private readonly runs = new Map<string, Run>();
  private readonly listeners = new Set<(event: Seen) => void>();
  private stopWatch: Stop = () => undefined;

  constructor(
    private readonly journal: EtcdJournal,
    private readonly clock: Clock,
    private readonly group: GroupId,
  ) {}

  /** @throws UnavailableError */
  async start(): Promise<void> {
    const { revision, entries } = await this.journal.read(keys.runs());
    for (const entry of entries) this.see({ kind: 'put', entry });
    this.stopWatch = this.journal.watch(keys.runs(), revision, {
      onEvents: (events) => events.forEach((event) => this.see(event)),
      onGap: () => void this.start().catch(() => undefined),
    });
  }

  stop(): void {
    this.stopWatch();
  }

  /** The process that leads the group, e.g. `orchestrator@a`. @throws UnavailableError */
  async leader(): Promise<string | undefined> {
    const [entry] = (await this.journal.read(keys.leader(this.group))).entries;
    return entry?.value.split('#')[0];
  }

  /** True at that moment of the next run that begins; false when that run ends before, or `givenUp` aborts. */
  async comesTo(moment: Moment, givenUp: AbortSignal): Promise<boolean> {
    const approach = new Approach(moment, new Set(this.runs.keys()));
    const { promise, resolve } = Promise.withResolvers<boolean>();
    // Changes come in bursts: nothing is waited for between two of them.
    const listener = (event: Seen) => {
      const found = approach.see(event);
      if (found !== undefined) resolve(found);
    };
    const end = () => resolve(false);
    this.listeners.add(listener);
    givenUp.addEventListener('abort', end, { once: true });
    const came = await promise;
    this.listeners.delete(listener);
    givenUp.removeEventListener('abort', end);
    if (came && moment.kind === 'time') await this.clock.sleep(moment.afterMs, givenUp);
    return came && !givenUp.aborted;
  }

  private see(event: WatchEvent): void {
    if (event.kind !== 'put') return;
    const { key, value } = event.entry;
    if (key.endsWith('/run')) {
      const run = decodeOrThrow(RunWire, value, key) as Run;
      this.runs.set(run.id, run);
      for (const listener of this.listeners) listener({ run });
    } else if (key.includes('/steps/')) {
      const step = decodeOrThrow(StepRecordWire, value, key) as StepRecord;
      for (const listener of this.listeners) listener({ step });
    }
  }
}

const isAt = ({ status }: StepRecord, wanted: 'open' | 'taken' | 'done'): boolean =>
  wanted === 'done' ? isSettled(status) : status === wanted;

/** How a run that is to come nears its moment. */
class Approach {
  private run: Run | undefined;

  constructor(
    private readonly moment: Moment,
    private readonly before: ReadonlySet<string>,
  ) {}

  /** True: it is there, false: the run is over without it. */
  see({ run, step }: Seen): boolean | undefined {
    if (run && !this.before.has(run.id)) this.run ??= run;
    if (!this.run) return undefined;
    const { moment } = this;
    if (moment.kind === 'time') return true;
    const { steps } = this.run.plan;
    const awaited = steps[Math.floor(moment.share * steps.length)]?.name;
    if (step?.run === this.run.id && step.name === awaited && isAt(step, moment.status)) return true;
    return run?.id === this.run.id && isTerminal(run.phase) ? false : undefined;
  }
}
