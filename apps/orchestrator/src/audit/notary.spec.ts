import { describe, expect, it } from '@jest/globals';
import { exportChain, isIntact, lineOf, verifyBundle } from '#libs/audit';
import { checkpointProblem, signCheckpoint } from '#libs/contracts';
import { instant, type Checkpoint } from '#libs/domain';
import { keys } from '#libs/journal';
import { a, AuditBench, b, keyOf, keyring, orders, SITES, w } from '../../../../test/support/audit-bench.js';
import { superfluous } from './kept-checkpoints.js';

const endAt = (checkpoint: Checkpoint | undefined) => checkpoint?.heads['groups/orders']?.sequence;
const witnessesOf = (checkpoint: Checkpoint | undefined) => checkpoint?.witnesses.map(({ site }) => site).toSorted();

describe('Notary', () => {
  it('signs where every chain ends, has it signed by the others, and is silent while nothing moves', async () => {
    const bench = new AuditBench();
    const notaries = SITES.map((site) => bench.notary(site));
    await bench.decide(3);
    bench.siteAudit(a).note({ rule: 'login', evidence: null });
    await bench.clock.advance(0);
    for (let round = 0; round < 2; round++) for (const notary of notaries) await notary.attest();
    const [ofA] = await bench.checkpoints(a);
    expect(ofA).toMatchObject({ sequence: 1, heads: { 'groups/orders': { sequence: 3 }, 'sites/a': { sequence: 1 } } });
    expect(witnessesOf(ofA)).toEqual([b, w]);
    for (const each of await bench.checkpoints()) expect(checkpointProblem(each, keyring)).toBeUndefined();

    const { revision } = await bench.journal.read(keys.checkpoints());
    for (const notary of notaries) await notary.attest();
    expect((await bench.journal.read(keys.checkpoints())).revision).toBe(revision);
  });

  it('goes on from its own last checkpoint after a restart', async () => {
    const bench = new AuditBench();
    await bench.decide(70);
    await bench.notary(b).attest();
    await bench.decide(70);
    await bench.notary(b).attest();
    expect((await bench.checkpoints(b)).map(endAt)).toEqual([70, 140]);
  });

  it.each([
    ['a tail that is gone', (bench: AuditBench) => bench.cut(5), 'it ends at entry 5, and there were 8'],
    ['entries written anew', (bench: AuditBench) => bench.rewrite(6), 'entry 8 is not the one that was there before'],
    ['a chain that is gone', (bench: AuditBench) => bench.remove(keys.auditHead(orders)), 'it is gone'],
  ])('signs nothing that contradicts %s, and says so', async (_, tamper, problem) => {
    const bench = new AuditBench();
    await bench.decide(8);
    await bench.notary(w).attest();
    await tamper(bench);
    const notary = bench.notary(w);
    await notary.attest();
    await bench.clock.advance(0);
    await notary.attest();
    expect(bench.missing('audit chain groups/orders')).toContain(problem);
    expect((await bench.checkpoints(w)).map(endAt)).toEqual([8, 8]);
    const { entries } = await bench.journal.read(keys.siteAudit(w));
    expect(entries.map(({ value }) => JSON.parse(value))).toMatchObject([
      { rule: 'checkpoint-refused', evidence: { chain: 'groups/orders', problem } },
    ]);
  });

  it('names an entry that was taken out or changed since it last signed', async () => {
    const bench = new AuditBench();
    await bench.decide(4);
    const notary = bench.notary(w);
    await notary.attest();
    await bench.decide(4);
    await bench.remove(keys.auditEntry(orders, 7));
    await notary.attest();
    expect(bench.missing('audit chain groups/orders')).toContain('entry 7: it is missing');
    expect((await bench.checkpoints(w)).map(endAt)).toEqual([4]);
  });

  it('follows a chain whose oldest entries were retired from the first that is kept', async () => {
    const bench = new AuditBench();
    await bench.decide(10);
    for (const sequence of [1, 2, 3]) await bench.remove(keys.auditEntry(orders, sequence));
    await bench.notary(w).attest();
    expect(bench.missing('audit chain groups/orders')).toBeUndefined();
    expect((await bench.checkpoints(w)).map(endAt)).toEqual([10]);
  });

  it('leaves alone a checkpoint of another site that names another history, which then shows offline', async () => {
    const bench = new AuditBench();
    await bench.decide(6);
    await bench.notary(w).attest();
    const { revision } = await bench.journal.read(keys.checkpoints());
    const heads = { 'groups/orders': { sequence: 6, hash: 'f'.repeat(64) } };
    const forged = signCheckpoint({ site: b, sequence: 1, at: instant(0), revision, heads, seen: {} }, keyOf(b));
    await bench.put(keys.checkpoint(b, 1), JSON.stringify(forged));
    await bench.notary(w).attest();
    expect(bench.missing('audit checkpoint of site b')).toContain('it names another entry 6');
    expect(await bench.checkpoints(b)).toMatchObject([{ witnesses: [] }]);

    const origin = { exportedAt: instant(0), exportedBy: w, topologyHash: 'f00', revision, key: keyOf(w) };
    const text = exportChain(orders, await bench.entries(), { ...origin, checkpoints: await bench.checkpoints() });
    const { problems } = verifyBundle([{ name: 'orders.ndjson', bytes: Buffer.from(text) }], keyring);
    expect(problems.map(({ kind }) => kind).toSorted()).toEqual(['checkpoint-alone', 'fork']);
  });

  it('waits with what a site signed that is not in its signalbox.yaml yet', async () => {
    const bench = new AuditBench();
    await bench.decide(2);
    await bench.notary(b).attest();
    const early = bench.notary(w, new Map([...keyring].filter(([, { site }]) => site !== b)));
    await early.attest();
    expect(bench.missing('audit checkpoint of site b')).toContain('stands in no signalbox.yaml here');
    expect(await bench.checkpoints(w)).toMatchObject([{ seen: {} }]);
    await bench.notary(w).attest();
    expect(witnessesOf((await bench.checkpoints(b))[0])).toEqual([w]);
  });

  it('convicts, offline, whoever cuts the journal between two exports', async () => {
    const bench = new AuditBench();
    await bench.decide(8);
    for (const site of [b, w]) await bench.notary(site).attest();
    const kept = (await bench.checkpoints(b)).map(lineOf).join('');
    await bench.cut(5);
    const origin = { exportedAt: instant(0), exportedBy: a, topologyHash: 'f00', revision: 10_000, key: keyOf(a) };
    const text = exportChain(orders, await bench.entries(), origin);
    const files = [
      { name: 'orders.ndjson', bytes: Buffer.from(text) },
      { name: 'checkpoints.ndjson', bytes: Buffer.from(kept) },
    ];
    const verdict = verifyBundle(files, keyring);
    expect(isIntact(verdict)).toBe(false);
    expect(verdict.problems[0]?.message).toBe(
      'orders.ndjson: sites b and w witnessed entry 8 of group orders in checkpoint 1 of site b, the file ends at 5',
    );
  });
});

describe('the checkpoints that are kept', () => {
  it('are the last two, and the last of each day for a month', () => {
    const at = (day: number, hour: number) => instant((day * 24 + hour) * 3_600_000);
    const all = Array.from({ length: 40 }, (_, day) =>
      [2, 8, 23].map((hour) => ({ at: at(day, hour), name: `${day}/${hour}` })),
    ).flat();
    const gone = new Set(superfluous(all as unknown as Checkpoint[]));
    const kept = all.filter((each) => !gone.has(each as unknown as Checkpoint)).map(({ name }) => name);
    expect(kept).toEqual([...Array.from({ length: 30 }, (_, index) => `${9 + index}/23`), '39/8', '39/23']);
  });
});
