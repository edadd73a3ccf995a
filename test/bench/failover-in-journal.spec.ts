import { describe, expect, it } from '@jest/globals';
import { failoverInJournal } from './failover-in-journal.js';

describe(failoverInJournal.name, () => {
  it('counts what the leader and the workers commit for one failover', async () => {
    const { transactions, byLeader, byWorkers, steps, runRecords, auditEntries } = await failoverInJournal();
    expect(transactions).toBe(byLeader + byWorkers);
    // Two steps of the lost site are done by nobody.
    expect(byWorkers).toBe(2 * (steps - 2));
    // A start, a close, and of every stage of the plan at least an opening and an end.
    expect(byLeader).toBeGreaterThanOrEqual(
      2 * new Set(runRecords.slice(1).map((text) => JSON.parse(text).stage)).size,
    );
    expect(auditEntries.length).toBeGreaterThan(0);
  });
});
