import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { endOf, signCheckpoint, witnessed, type Keyring, type SigningKey } from '#libs/contracts';
import { epoch, groupId, instant, siteId, type AuditEntry, type Checkpoint, type SiteAuditEntry } from '#libs/domain';
import { chain, GENESIS } from './chain.js';
import { layOut } from './evidence.js';
import { evidenceLine, exportChain, exportSiteChain, lineOf, type ExportOrigin } from './export.js';
import { isIntact, verifyBundle } from './verify-bundle.js';

const [b, w] = [siteId('b'), siteId('w')];
const orders = groupId('orders');
const pairs = new Map([b, w].map((site) => [site, generateKeyPairSync('ed25519')]));
const keyring: Keyring = new Map([...pairs].map(([site, { publicKey }]) => [`${site}-1`, { site, publicKey }]));
const keyOf = (site: typeof b): SigningKey => ({ keyId: `${site}-1`, privateKey: pairs.get(site)!.privateKey });

/** What happened, or what somebody would rather have had happen. */
const decided = (rules: readonly string[], from: readonly AuditEntry[] = []): readonly AuditEntry[] => {
  const entries = [...from];
  for (const rule of rules) {
    const draft = {
      group: orders,
      at: instant(1_700_000_000_000 + entries.length),
      actor: { kind: 'process', id: 'orchestrator@b' } as const,
      rule,
      before: 'steady',
      after: 'steady',
      epoch: epoch(1),
      evidence: null,
    };
    entries.push(chain(entries.at(-1) ?? GENESIS, draft));
  }
  return entries;
};
const entries = decided(Array.from({ length: 12 }, (_, index) => `rule-${index + 1}`));
const [refused]: readonly SiteAuditEntry[] = [
  chain(GENESIS, { site: w, at: instant(1), rule: 'request-refused' as const, evidence: { status: 403 } }),
];

const checkpoint = (site: typeof b, sequence: number, upTo: number, seen: Checkpoint['seen'] = {}): Checkpoint => {
  const head = entries[upTo - 1]!;
  const heads = { 'groups/orders': { sequence: upTo, hash: head.hash } };
  return signCheckpoint({ site, sequence, at: instant(2), revision: 100 + upTo, heads, seen }, keyOf(site));
};
const byBoth = (sequence: number, upTo: number) => witnessed(checkpoint(b, sequence, upTo), w, keyOf(w));
const five = byBoth(1, 5);
const nine = byBoth(2, 9);
const twelve = byBoth(3, 12);

const origin = (more: Partial<ExportOrigin> = {}): ExportOrigin => ({
  exportedAt: instant(3),
  exportedBy: b,
  topologyHash: 'f00',
  revision: 120,
  key: keyOf(b),
  ...more,
});
const exported = exportChain(orders, entries, origin({ checkpoints: [nine, twelve] }));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const verify = (texts: Readonly<Record<string, string>>, keys: Keyring | undefined = keyring) =>
  verifyBundle(
    Object.entries(texts).map(([name, text]) => ({ name, bytes: bytes(text) })),
    keys,
  );
const ofB = 'orders.ndjson';
/** As another site kept them. */
const ofW = { 'w.ndjson': [five, nine, twelve].map(lineOf).join('') };

describe('exports and checkpoints together', () => {
  it('are intact when they say the same, also when lines were delivered twice', () => {
    const lines = [...entries, ...entries.slice(3, 7), twelve, refused].map((line) => lineOf(line!)).join('');
    const verdict = verify({ [ofB]: exported, ...ofW, 'from-kafka.ndjson': lines });
    expect(verdict).toMatchObject({ checkpoints: 3, problems: [], remarks: [] });
    expect(isIntact(verdict)).toBe(true);
    expect(verdict.files.at(-1)?.verdict).toEqual({
      ok: true,
      chains: [
        { chain: 'groups/orders', first: 1, last: 12 },
        { chain: 'sites/w', first: 1, last: 1 },
      ],
      checkpoints: 1,
    });
  });

  it('name a flipped byte', () => {
    const at = exported.indexOf('rule-7');
    const flipped = `${exported.slice(0, at)}s${exported.slice(at + 1)}`;
    const verdict = verify({ [ofB]: flipped, ...ofW });
    expect(isIntact(verdict)).toBe(false);
    expect(verdict.files[0]?.verdict).toMatchObject({ ok: false, sequence: 7, line: 8 });
  });

  it('name a removed entry, of an export and of lines', () => {
    const lines = exported.split('\n');
    const without = lines.toSpliced(6, 1).join('\n');
    const expected = { ok: false, sequence: 6, reason: 'it is missing: entry 7 follows entry 5' };
    expect(verify({ [ofB]: without }).files[0]?.verdict).toMatchObject(expected);
    const log = entries.toSpliced(5, 1).map(lineOf).join('');
    const reason = 'of group orders: it is missing: entry 7 follows entry 5';
    expect(verify({ log }).files[0]?.verdict).toMatchObject({ ...expected, reason });
  });

  it('name a removed tail, even when the header was signed anew by the site that cut it', () => {
    const cut = exportChain(orders, entries.slice(0, 10), origin());
    expect(isIntact(verify({ [ofB]: cut }))).toBe(true);
    const verdict = verify({ [ofB]: cut, ...ofW });
    expect(verdict.files[0]?.verdict).toMatchObject({ ok: true });
    expect(verdict.problems).toEqual([
      {
        kind: 'tail-missing',
        sequence: 11,
        message: `${ofB}: sites b and w witnessed entry 12 of group orders in checkpoint 3 of site b, the file ends at 10`,
      },
    ]);
    expect(isIntact(verdict)).toBe(false);
    // Another file has what this one lacks: nothing is missing.
    expect(verify({ [ofB]: cut, 'whole.ndjson': exported, ...ofW }).problems).toEqual([]);
  });

  it('do not take an export for cut because it is older than a checkpoint', () => {
    const earlier = exportChain(orders, entries.slice(0, 10), origin({ revision: 110 }));
    const verdict = verify({ [ofB]: earlier, ...ofW });
    expect(verdict.remarks).toMatchObject([{ kind: 'older', sequence: 11 }]);
    expect(isIntact(verdict)).toBe(true);
  });

  it('name a fork that was hashed and signed anew', () => {
    const rewritten = decided(
      Array.from({ length: 6 }, () => 'nothing-happened'),
      entries.slice(0, 6),
    );
    const fork = exportChain(orders, rewritten, origin());
    expect(isIntact(verify({ [ofB]: fork }))).toBe(true);
    const [problem] = verify({ [ofB]: fork, ...ofW }).problems;
    expect(problem).toMatchObject({ kind: 'fork', sequence: 9 });
    expect(problem?.message).toContain('entry 9 of group orders is not what sites b and w witnessed');
    expect(problem?.message).toContain('begins between entry 6 and it');
    const between = verify({ one: exported, other: fork }).problems;
    expect(between).toContainEqual(expect.objectContaining({ kind: 'fork', sequence: 7 }));
  });

  it('name a checkpoint that another site saw and did not sign, and say which nobody has seen yet', () => {
    const alone = checkpoint(b, 4, 11);
    const later = checkpoint(w, 1, 12, { b: endOf(alone) });
    const refusedBy = verify({ [ofB]: exported, checkpoints: lineOf(alone) + lineOf(later) });
    expect(refusedBy.problems).toEqual([
      {
        kind: 'checkpoint-alone',
        sequence: 4,
        message: 'checkpoint 4 of site b is signed by site b only, though site w had seen it',
      },
    ]);
    const unseen = verify({ [ofB]: exported, checkpoints: lineOf(alone) });
    expect(unseen).toMatchObject({ problems: [], remarks: [{ kind: 'checkpoint-unseen', sequence: 4 }] });
  });

  it('name signatures that do not hold, and two checkpoints under one number', () => {
    const forged = { ...twelve, heads: { 'groups/orders': { sequence: 12, hash: GENESIS.hash } } };
    expect(verify({ c: lineOf(forged) }).problems).toMatchObject([
      { kind: 'checkpoint-invalid', message: 'checkpoint 3 of site b: its signature by b-1 does not hold' },
    ]);
    const selfWitnessed = { ...checkpoint(b, 3, 12), witnesses: [{ ...five.witnesses[0]! }] };
    expect(verify({ c: lineOf(selfWitnessed) }).problems).toMatchObject([{ kind: 'checkpoint-invalid' }]);
    const two = lineOf(checkpoint(b, 7, 8)) + lineOf(checkpoint(b, 7, 9));
    expect(verify({ c: two }).problems).toContainEqual(expect.objectContaining({ kind: 'checkpoint-forked' }));
  });

  it('hold a site’s own chain to the same', () => {
    const whole = exportSiteChain(w, [refused!], origin());
    expect(verify({ w: whole }).files[0]?.verdict).toMatchObject({ ok: true, site: 'w', entries: 1 });
    const of = (hash: string) =>
      signCheckpoint(
        { site: b, sequence: 1, at: instant(2), revision: 90, heads: { 'sites/w': { sequence: 1, hash } }, seen: {} },
        keyOf(b),
      );
    expect(verify({ w: whole, c: lineOf(of(refused!.hash)) }).problems).toEqual([]);
    expect(verify({ w: whole, c: lineOf(of(GENESIS.hash)) }).problems).toMatchObject([{ kind: 'fork', sequence: 1 }]);
  });
});

describe('evidence beside a chain', () => {
  const ranges = Array.from({ length: 5_000 }, (_, partition) => ({ topic: 'bestellungen-ä🚦', partition }));
  const { evidence, reference, chunks } = layOut({ ranges });
  const [draft] = decided(['counted']);
  const { sequence: _, evidenceHash: __, previous: ___, hash: ____, ...unlinked } = draft!;
  const entry: AuditEntry = chain(GENESIS, { ...unlinked, evidence });
  const beside = chunks.map((text, chunk) => ({ sha256: reference!.sha256, chunk, text }));
  const whole = exportChain(orders, [entry], origin(), beside);

  it('is bound by hash and size, in the export and in lines', () => {
    expect(chunks.length).toBeGreaterThan(2);
    for (const text of chunks) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(verify({ whole }).files[0]?.verdict).toMatchObject({ ok: true, entries: 1 });
    expect(isIntact(verify({ log: lineOf(entry) + beside.map(evidenceLine).join('') }))).toBe(true);
  });

  it('is missed when it is gone or changed', () => {
    const gone = verify({ gone: exportChain(orders, [entry], origin()) }).files[0]?.verdict;
    expect(gone).toMatchObject({
      ok: false,
      sequence: 1,
      reason: expect.stringMatching(/^its evidence of \d+ bytes is missing$/),
    });
    const changed = verify({ changed: whole.replace('partition\\":77,', 'partition\\":78,') }).files[0]?.verdict;
    expect(changed).toMatchObject({
      ok: false,
      sequence: 1,
      reason: expect.stringContaining('is not the evidence it names'),
    });
  });
});
