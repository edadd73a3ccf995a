import { OutcomeUnknownError } from '#libs/domain';
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
import type { Chronicle } from './chronicle.js';
import type { Cuts } from './cuts.js';
import type { Life } from './life.js';

/** The journal as one incarnation of a process sees it, which can be cut at each of its commits. */
export class MortalJournal extends Journal {
  constructor(
    private readonly journal: Journal,
    private readonly life: Life,
    private readonly cuts: Cuts,
    private readonly chronicle: Chronicle,
  ) {
    super();
  }

  override read(...names: readonly string[]): Promise<Snapshot> {
    return this.life.hear(() => this.journal.read(...names));
  }

  override commit(transaction: Transaction): Promise<CommitOutcome> {
    const act = async () => {
      const outcome = await this.journal.commit(transaction);
      if (outcome.committed) this.chronicle.note(transaction);
      return outcome;
    };
    const unanswered = (): never => {
      throw new OutcomeUnknownError('the journal did not answer a commit');
    };
    const point = { kind: 'commit', by: this.life.process, transaction } as const;
    return this.life.hear(() => this.cuts.pass(this.life, point, { act, unanswered }));
  }

  override watch(name: string, after: Revision, { onEvents, onGap }: WatchListener): Stop {
    const { life } = this;
    return this.journal.watch(name, after, { onEvents: life.listening(onEvents), onGap: life.listening(onGap) });
  }

  override grantLease(ttlMs: number): Promise<LeaseId> {
    return this.life.hear(() => this.journal.grantLease(ttlMs));
  }

  override renewLease(lease: LeaseId): Promise<boolean> {
    return this.life.hear(() => this.journal.renewLease(lease));
  }

  override revokeLease(lease: LeaseId): Promise<void> {
    return this.life.hear(() => this.journal.revokeLease(lease));
  }

  override missing(): readonly string[] {
    return [];
  }

  override async close(): Promise<void> {}
}
