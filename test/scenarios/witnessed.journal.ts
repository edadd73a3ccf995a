import { InMemoryJournal, type Change, type CommitOutcome, type Transaction } from '#libs/journal';
import type { Clock } from '#libs/runtime';

/** A journal that tells what was committed. */
export class WitnessedJournal extends InMemoryJournal {
  constructor(
    clock: Clock,
    private readonly onCommitted: (changes: readonly Change[]) => void,
  ) {
    super(clock);
  }

  override async commit(transaction: Transaction): Promise<CommitOutcome> {
    const outcome = await super.commit(transaction);
    if (outcome.committed) this.onCommitted(transaction.changes);
    return outcome;
  }
}
