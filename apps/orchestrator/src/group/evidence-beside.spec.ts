import { describe, expect, it } from '@jest/globals';
import { EVIDENCE_MAX_BYTES, referenceIn } from '#libs/audit';
import { hashOf } from '#libs/contracts';
import { epoch, type Json } from '#libs/domain';
import { evidenceOf, keys, type Journal, type Transaction } from '#libs/journal';
import { group, Stage } from '../../../../test/support/group-stage.js';
import { UnreliableJournal } from '../../../../test/support/unreliable-journal.js';
import { sweepLooseEvidence } from '../audit/evidence-sweep.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/** etcd's default for one request. */
const REQUEST_MAX_BYTES = 1_500_000;
const HOUR_MS = 3_600_000;

const untouched = { group, auditHead: undefined, auditHeadEntry: undefined } as unknown as GroupView;
const ofBytes = (bytes: number): Json => ({ ranges: 'x'.repeat(bytes) });

function recorded(stage: Stage, evidence: Json): GroupTransaction {
  const about = { at: stage.clock.now(), actor: { kind: 'process', id: 'orchestrator@b' } as const, rule: 'counted' };
  return new GroupTransaction(untouched).audit({ ...about, before: '', after: '', epoch: epoch(1), evidence });
}
const besideKeys = async (journal: Journal) =>
  (await journal.read('/signalbox/audit-evidence/', keys.looseEvidence())).entries.map(({ key }) => key);

describe('evidence that is too large for its entry', () => {
  it.each([
    ['stands in the entry up to the limit', EVIDENCE_MAX_BYTES - 20, 0],
    ['lies beside the chain beyond it', 200_000, 4],
    ['lies there as well when one transaction cannot hold it', 3_000_000, 46],
  ])('%s', async (_, bytes, chunks) => {
    const stage = new Stage();
    const sizes: number[] = [];
    const journal = new UnreliableJournal(stage.journal);
    const commit = journal.commit.bind(journal);
    journal.commit = (transaction: Transaction) => {
      sizes.push(JSON.stringify(transaction).length);
      return commit(transaction);
    };
    const evidence = ofBytes(bytes);
    expect(await recorded(stage, evidence).commit(journal)).toMatchObject({ committed: true });
    const [entry] = await stage.audit();
    expect(Math.max(...sizes)).toBeLessThan(REQUEST_MAX_BYTES);
    expect(await besideKeys(stage.journal)).toHaveLength(chunks);
    expect(await evidenceOf(stage.journal, entry!)).toEqual(evidence);
    const reference = referenceIn(entry!.evidence);
    expect(reference?.chunks ?? 0).toBe(chunks);
    expect(reference?.sha256 ?? hashOf(evidence)).toBe(hashOf(evidence));
    expect(JSON.stringify(entry).length).toBeLessThan(EVIDENCE_MAX_BYTES + 1_000);
  });

  it('is swept an hour after it was written for an entry that never came, and that entry cannot come any more', async () => {
    const stage = new Stage();
    const journal = new UnreliableJournal(stage.journal);
    let commits = 0;
    const commit = journal.commit.bind(journal);
    journal.commit = (transaction: Transaction) => {
      commits += 1;
      return commits > 3 ? Promise.reject(new Error('killed')) : commit(transaction);
    };
    const transaction = recorded(stage, ofBytes(3_000_000));
    await expect(transaction.commit(journal)).rejects.toThrow('killed');
    await sweepLooseEvidence(stage.journal, stage.clock);
    expect((await besideKeys(stage.journal)).length).toBeGreaterThan(8);
    await stage.clock.advance(HOUR_MS);
    await sweepLooseEvidence(stage.journal, stage.clock);
    expect(await besideKeys(stage.journal)).toEqual([]);
    const late = recorded(stage, ofBytes(3_000_000));
    expect(await late.commit(stage.journal)).toMatchObject({ committed: true });
    await sweepLooseEvidence(stage.journal, stage.clock);
    expect(await besideKeys(stage.journal)).toHaveLength(46);
  });
});
