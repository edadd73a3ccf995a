import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportChain, isIntact, lineOf, verifyBundle } from '#libs/audit';
import { epoch, instant, type Json } from '#libs/domain';
import { EtcdJournal, evidenceOf, keys } from '#libs/journal';
import { SystemClock } from '#libs/runtime';
import { a, AuditBench, b, keyOf, keyring, orders, SITES, w } from '../../../../test/support/audit-bench.js';
import { RealEtcd } from '../../../../test/support/real-etcd.js';
import { GroupTransaction } from '../group/group-transaction.js';
import type { GroupView } from '../group/group-view.js';

/** Where no member fails, so that a busy machine is not taken for one that does. */
const PATIENT_MS = 20_000;

describe('the audit on etcd', () => {
  let etcd: RealEtcd;
  let journal: EtcdJournal;
  let bench: AuditBench;
  beforeAll(async () => {
    etcd = await RealEtcd.start(1);
    journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: PATIENT_MS }, new SystemClock());
    bench = new AuditBench(journal);
  });
  afterAll(async () => {
    await journal?.close();
    await etcd?.end();
  });

  const record = async (evidence: Json) => {
    const auditHeadEntry = (await journal.read(keys.auditHead(orders))).entries[0];
    const auditHead = auditHeadEntry && (JSON.parse(auditHeadEntry.value) as GroupView['auditHead']);
    const view = { group: orders, auditHead, auditHeadEntry } as unknown as GroupView;
    const transaction = new GroupTransaction(view).audit({
      at: instant(0),
      actor: { kind: 'process', id: 'orchestrator@b' },
      rule: 'counted',
      before: 'running',
      after: 'running',
      epoch: epoch(1),
      evidence,
    });
    return transaction.commit(journal);
  };

  it.each([
    ['as much as goes into one transaction', 480_000],
    ['more than etcd takes at once', 3_000_000],
  ])('takes evidence of %s', async (_, bytes) => {
    const evidence = { ranges: 'ä'.repeat(bytes / 2) };
    expect(await record(evidence)).toMatchObject({ committed: true });
    const entry = (await bench.entries()).at(-1);
    expect(await evidenceOf(journal, entry!)).toEqual(evidence);
    expect((await journal.read(keys.looseEvidence())).entries).toEqual([]);
  });

  it('has every head signed by three sites, and convicts who cuts it or writes it anew', async () => {
    await bench.decide(10);
    for (let round = 0; round < 2; round++) for (const site of SITES) await bench.notary(site).attest();
    const [ofB] = await bench.checkpoints(b);
    expect(ofB?.witnesses.map(({ site }) => site).toSorted()).toEqual([a, w]);
    const kept = { name: 'kept', bytes: Buffer.from((await bench.checkpoints()).map(lineOf).join('')) };
    const exported = async () => {
      const { revision } = await journal.read(keys.checkpoints());
      const entries = await bench.entries();
      const origin = { exportedAt: instant(0), exportedBy: b, topologyHash: 'f00', revision, key: keyOf(b) };
      const beside = (await Promise.all(entries.map((entry) => bench.archive.beside(entry)))).flat();
      return { name: 'orders', bytes: Buffer.from(exportChain(orders, entries, origin, beside)) };
    };
    expect(isIntact(verifyBundle([await exported(), kept], keyring))).toBe(true);

    await bench.rewrite(11);
    const rewritten = verifyBundle([await exported(), kept], keyring).problems;
    expect(rewritten).toMatchObject([{ kind: 'fork', sequence: 12 }]);
    await bench.cut(7);
    const cut = verifyBundle([await exported(), kept], keyring).problems;
    expect(cut).toMatchObject([{ kind: 'tail-missing', sequence: 8 }]);
    await bench.notary(w).attest();
    expect(bench.missing('audit chain groups/orders')).toContain('it ends at entry 7, and there were 12');
  });
});
