import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import {
  Journal,
  type CommitOutcome,
  type LeaseId,
  type Revision,
  type Snapshot,
  type Transaction,
  type WatchListener,
} from '#libs/journal';
import type { Stop } from '#libs/runtime';

/** A journal as one process sees it over a bad network. */
export class UnreliableJournal extends Journal {
  #isAway = false;
  #undelivered: (() => void)[] = [];
  readonly #gaps = new Set<() => void>();
  /** What becomes of the next commits, one by one, whose answers never come. */
  readonly unanswered: ('written' | 'unwritten')[] = [];

  constructor(private readonly journal: Journal) {
    super();
  }

  /** Nothing is answered and no watch says anything, until `returns`. */
  goesAway(): void {
    this.#isAway = true;
  }

  returns(): void {
    this.#isAway = false;
    for (const deliver of this.#undelivered.splice(0)) deliver();
  }

  /** Every watch meets a gap, as after a long absence. */
  losesHistory(): void {
    const gaps = [...this.#gaps];
    for (const gap of gaps) gap();
  }

  override async read(...names: readonly string[]): Promise<Snapshot> {
    this.#assertReachable();
    return this.journal.read(...names);
  }

  override async commit(transaction: Transaction): Promise<CommitOutcome> {
    this.#assertReachable();
    const fate = this.unanswered.shift();
    if (fate === undefined) return this.journal.commit(transaction);
    if (fate === 'written') await this.journal.commit(transaction);
    throw new OutcomeUnknownError('the journal did not answer a commit');
  }

  override watch(name: string, after: Revision, listener: WatchListener): Stop {
    const later = (deliver: () => void) => void (this.#isAway ? this.#undelivered.push(deliver) : deliver());
    const stopWatch = this.journal.watch(name, after, {
      onEvents: (events) => later(() => listener.onEvents(events)),
      onGap: () => later(() => listener.onGap()),
    });
    const stop = () => {
      stopWatch();
      this.#gaps.delete(gap);
    };
    const gap = () => {
      stop();
      listener.onGap();
    };
    this.#gaps.add(gap);
    return stop;
  }

  override async grantLease(ttlMs: number): Promise<LeaseId> {
    this.#assertReachable();
    return this.journal.grantLease(ttlMs);
  }

  override async renewLease(lease: LeaseId): Promise<boolean> {
    this.#assertReachable();
    return this.journal.renewLease(lease);
  }

  override async revokeLease(lease: LeaseId): Promise<void> {
    this.#assertReachable();
    return this.journal.revokeLease(lease);
  }

  override missing(): readonly string[] {
    return this.#isAway ? ['the only member'] : this.journal.missing();
  }

  override async close(): Promise<void> {
    this.#undelivered = [];
  }

  #assertReachable(): void {
    if (this.#isAway) throw new UnavailableError('the journal is away');
  }
}
