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
import type { Clock, Stop } from '#libs/runtime';

/**
 * - `cut`: nothing arrives, and nobody answers;
 * - `deaf`: everything arrives and is done, and no answer comes back;
 * - a number: every answer takes this long.
 */
export type Connection = 'good' | 'cut' | 'deaf' | number;

/** One site's connection to a journal that others can still reach. */
export class CutOffJournal extends Journal {
  connection: Connection = 'good';

  constructor(
    private readonly journal: InMemoryJournal,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  override read(...names: readonly string[]): Promise<Snapshot> {
    return this.reach(() => this.journal.read(...names));
  }

  override commit(transaction: Transaction): Promise<CommitOutcome> {
    return this.reach(() => this.journal.commit(transaction), 'changes');
  }

  override watch(name: string, after: Revision, listener: WatchListener): Stop {
    return this.journal.watch(name, after, listener);
  }

  override grantLease(ttlMs: number): Promise<LeaseId> {
    return this.reach(() => this.journal.grantLease(ttlMs));
  }

  override renewLease(lease: LeaseId): Promise<boolean> {
    return this.reach(() => this.journal.renewLease(lease));
  }

  override revokeLease(lease: LeaseId): Promise<void> {
    return this.reach(() => this.journal.revokeLease(lease));
  }

  override missing(): readonly string[] {
    return this.connection === 'good' ? [] : ['journal'];
  }

  override async close(): Promise<void> {}

  private async reach<T>(ask: () => Promise<T>, kind: 'reads' | 'changes' = 'reads'): Promise<T> {
    const { connection } = this;
    if (connection === 'cut') {
      await this.clock.sleep(this.timeoutMs);
      throw new UnavailableError(`No answer from the journal within ${this.timeoutMs} ms.`);
    }
    const answer = await ask();
    if (connection === 'deaf') {
      await this.clock.sleep(this.timeoutMs);
      const message = `No answer from the journal within ${this.timeoutMs} ms.`;
      throw kind === 'changes' ? new OutcomeUnknownError(message) : new UnavailableError(message);
    }
    if (typeof connection === 'number') await this.clock.sleep(connection);
    return answer;
  }
}
