import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import {
  InMemoryJournal,
  Journal,
  type CommitOutcome,
  type LeaseId,
  type Revision,
  type Snapshot,
  type Transaction,
  type WatchListener,
} from '#libs/journal';
import type { Stop } from '#libs/runtime';
import type { Draw } from '../kernel/draw.js';
import { SimClock } from '../kernel/sim-clock.js';
import type { SimProcess } from '../kernel/sim-process.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Network } from './network.js';

/** What becomes of a commit whose answer is lost: it was done, it was not, or it will be when nobody expects it. */
export type Unanswered = 'done' | 'not-done' | 'late';

export interface Trouble {
  /** Of a commit. */
  readonly unansweredShare: number;
  readonly fates: readonly Unanswered[];
}

const NO_TROUBLE: Trouble = { unansweredShare: 0, fates: [] };

/** The members of the journal together: linearizable, whoever asks. */
export class SimEtcd {
  readonly journal: InMemoryJournal;
  /** On which leases run out. */
  readonly clock: SimClock;
  trouble: Trouble = NO_TROUBLE;
  readonly #leases = new Map<LeaseId, string>();
  readonly #gaps = new Set<() => void>();
  onCommitted: (by: string, transaction: Transaction, revision: Revision) => void = () => undefined;

  constructor(
    readonly timeline: Timeline,
    readonly network: Network,
    readonly draw: Draw,
  ) {
    this.clock = new SimClock(timeline, { hearsTime: (wake) => wake() }, false);
    this.journal = new InMemoryJournal(this.clock);
  }

  connection(process: SimProcess, timeoutMs: number): Journal {
    return new Connection(this, process, timeoutMs);
  }

  async commit(by: string, transaction: Transaction): Promise<CommitOutcome> {
    const outcome = await this.journal.commit(transaction);
    if (outcome.committed) this.onCommitted(by, transaction, outcome.revision);
    return outcome;
  }

  granted(lease: LeaseId, by: string): void {
    this.#leases.set(lease, by);
  }

  /** Ends what a process holds before its time. */
  async endLeasesOf(process: string): Promise<void> {
    for (const [lease, holder] of this.#leases) if (holder === process) await this.journal.revokeLease(lease);
  }

  /** What a new leader of the members does: nobody's lease ends because of the change. */
  async extendLeases(): Promise<void> {
    for (const lease of this.#leases.keys()) if (!(await this.journal.renewLease(lease))) this.#leases.delete(lease);
  }

  /** Watches that are further behind than this meet a gap; so do all others, as after a long absence. */
  losesHistory(): void {
    // Whoever meets one watches anew.
    const gaps = [...this.#gaps];
    for (const gap of gaps) gap();
  }

  watched(gap: () => void): () => void {
    this.#gaps.add(gap);
    return () => this.#gaps.delete(gap);
  }
}

/** The journal as one process reaches it. */
class Connection extends Journal {
  constructor(
    private readonly etcd: SimEtcd,
    private readonly process: SimProcess,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  override read(...names: readonly string[]): Promise<Snapshot> {
    return this.asking(() => this.etcd.journal.read(...names));
  }

  override commit(transaction: Transaction): Promise<CommitOutcome> {
    return this.process.ask(async () => {
      const { etcd, process } = this;
      const { trouble, draw, timeline } = etcd;
      const act = () => etcd.commit(process.id, transaction);
      if (draw.isSo(trouble.unansweredShare)) {
        const fate = draw.pick(trouble.fates);
        if (fate === 'done') await act();
        if (fate === 'late') timeline.after(draw.lasting(500, 60_000), () => void act());
        await timeline.pause(this.timeoutMs);
        throw new OutcomeUnknownError('the journal did not answer a commit');
      }
      await this.travel();
      await this.assertReached();
      const outcome = await act();
      await this.travel();
      if (this.reaches) return outcome;
      await timeline.pause(this.timeoutMs);
      throw new OutcomeUnknownError('the answer of the journal was lost');
    });
  }

  override watch(name: string, after: Revision, { onEvents, onGap }: WatchListener): Stop {
    const { etcd, process } = this;
    let delivered = after;
    let stopWatch: Stop = () => undefined;
    const stop = () => {
      stopWatch();
      unregister();
    };
    // What cannot be delivered now is looked for from there when there is an answer again.
    const follow = () => {
      stopWatch = etcd.journal.watch(name, delivered, {
        onEvents: (events) => {
          if (!this.reaches) return this.later(stopWatch, follow);
          const last = events.at(-1);
          if (last) delivered = last.kind === 'put' ? last.entry.revision : last.revision;
          process.hears(() => onEvents(events));
        },
        onGap: () => gap(),
      });
    };
    const gap = () => {
      stop();
      process.hears(onGap);
    };
    const unregister = etcd.watched(gap);
    follow();
    return stop;
  }

  override grantLease(ttlMs: number): Promise<LeaseId> {
    return this.asking(async () => {
      const lease = await this.etcd.journal.grantLease(ttlMs);
      this.etcd.granted(lease, this.process.id);
      return lease;
    });
  }

  override renewLease(lease: LeaseId): Promise<boolean> {
    return this.asking(() => this.etcd.journal.renewLease(lease));
  }

  override revokeLease(lease: LeaseId): Promise<void> {
    return this.asking(() => this.etcd.journal.revokeLease(lease));
  }

  override missing(): readonly string[] {
    return this.reaches ? [] : ['journal'];
  }

  override async close(): Promise<void> {}

  private asking<T>(act: () => Promise<T>): Promise<T> {
    return this.process.ask(async () => {
      await this.assertReached();
      const answer = await act();
      await this.travel();
      await this.assertReached();
      return answer;
    });
  }

  private later(stopWatch: Stop, follow: () => void): void {
    stopWatch();
    this.etcd.timeline.after(this.timeoutMs, () => {
      if (this.process.lives) follow();
    });
  }

  private get reaches(): boolean {
    return !this.process.isCutOff && this.etcd.network.reachesJournal(this.process.site);
  }

  private async assertReached(): Promise<void> {
    if (this.reaches) return;
    await this.etcd.timeline.pause(this.timeoutMs);
    throw new UnavailableError('the journal does not answer');
  }

  /** Every other message is there at once: half of the orders in which things can happen need no time of their own. */
  private async travel(): Promise<void> {
    const { draw, network, timeline } = this.etcd;
    if (draw.isSo(0.5)) return;
    await timeline.pause(draw.between(0, network.latencyMs));
  }
}
