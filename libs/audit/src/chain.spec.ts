import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashOf, type Keyring } from '#libs/contracts';
import { epoch, groupId, instant, siteId, type AuditEntry, type Json } from '#libs/domain';
import fc from 'fast-check';
import { chain, GENESIS, type AuditDraft, type ChainHead } from './chain.js';
import { exportChain } from './export.js';
import { verifyChain } from './verify-chain.js';
import { verifyExport } from './verify-export.js';

const group = groupId('orders');
const draft = (rule: string, evidence: Json = { votes: ['down', 'down'] }): AuditDraft => ({
  group,
  at: instant(1_700_000_000_000),
  actor: { kind: 'process', id: 'orchestrator@b' },
  rule,
  before: 'steady',
  after: 'failing-over',
  epoch: epoch(4),
  evidence,
});
/** Has spellings that mean the same to a JSON parser: `e` and `E` of an exponent, `f` and `F` of an escape. */
const tricky = { text: 'naïve 🚦 \u2028 \ufffd \u001f', number: 1e300 };
const chained = (drafts: readonly AuditDraft[], from: ChainHead = GENESIS): readonly AuditEntry[] => {
  const entries: AuditEntry[] = [];
  for (const each of drafts) entries.push(chain(entries.at(-1) ?? from, each));
  return entries;
};
const three = chained([draft('suspect'), draft('start-failover', tricky), draft('close-run')]);
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keyring: Keyring = new Map([['b-1', { site: siteId('b'), publicKey }]]);
const origin = { exportedAt: instant(0), exportedBy: siteId('b'), topologyHash: 'c0ffee' };
const signedOrigin = { ...origin, key: { keyId: 'b-1', privateKey } };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
};

describe('an audit chain', () => {
  it('holds from its first entry to its head', () => {
    expect(three.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(verifyChain(three)).toMatchObject({ ok: true, entries: 3, head: { sequence: 3, hash: at(three, 2).hash } });
    expect(verifyChain(three.slice(1), at(three, 0))).toMatchObject({ ok: true, entries: 2 });
    expect(verifyChain([])).toEqual({ ok: true, entries: 0, head: GENESIS });
  });

  it('names the first entry that was changed, left out, moved or replaced', () => {
    const [one, two, last] = [at(three, 0), at(three, 1), at(three, 2)];
    const replaced = chain(one, draft('declined'));
    const moved = chain(two, { ...draft('close-run'), group: groupId('billing') });
    const cases: [readonly AuditEntry[], number, string][] = [
      [[one, { ...two, epoch: epoch(5) }, last], 2, 'its hash is not the hash of its content'],
      [[one, last], 2, 'it is missing: entry 3 follows entry 1'],
      [[two, one, last], 1, 'it is missing: entry 2 follows the start'],
      [[one, replaced, last], 3, 'it is not linked to entry 2'],
      [[one, two, moved], 3, 'it is of group billing, not of orders'],
    ];
    for (const [entries, sequence, reason] of cases) {
      expect(verifyChain(entries)).toEqual({ ok: false, sequence, reason });
    }
  });

  it('names an entry whose evidence hash is another one, even when it was hashed again', () => {
    const forged = chained([draft('suspect')]).map((entry) => {
      const { hash: _, ...unhashed } = { ...entry, evidenceHash: GENESIS.hash };
      return { ...unhashed, hash: hashOf(unhashed) };
    });
    expect(verifyChain(forged)).toMatchObject({ ok: false, sequence: 1, reason: expect.stringContaining('evidence') });
  });
});

describe('an exported chain', () => {
  const text = exportChain(group, three, signedOrigin);

  it('is verified offline, by its signature too when the keys are given', () => {
    expect(verifyExport(bytes(text))).toEqual({
      ok: true,
      group,
      entries: 3,
      head: { sequence: 3, hash: at(three, 2).hash },
      signature: 'unchecked',
      signedBy: 'b-1',
    });
    expect(verifyExport(bytes(text), keyring)).toMatchObject({ ok: true, signature: 'valid', signedBy: 'b-1' });
    expect(verifyExport(bytes(exportChain(group, [], origin)))).toMatchObject({
      ok: true,
      entries: 0,
      signature: 'absent',
    });
    expect(verifyExport(bytes(exportChain(group, three.slice(1), origin)))).toMatchObject({ ok: true, entries: 2 });
  });

  it('holds for any evidence', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }), (evidences) => {
        const written = evidences.map((evidence) => JSON.parse(JSON.stringify(evidence)) as Json);
        const entries = chained(written.map((evidence) => draft('any', evidence)));
        expect(verifyChain(entries).ok).toBe(true);
        expect(verifyExport(bytes(exportChain(group, entries, origin)))).toMatchObject({ ok: true });
      }),
    );
  });

  it('names the line of any changed byte', () => {
    const original = bytes(text);
    const lineOf = (position: number) => original.subarray(0, position).filter((byte) => byte === 0x0a).length + 1;
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (position, distance) => {
        const changed = original.slice();
        changed[position] = (at([...original.subarray(position, position + 1)], 0) + distance) % 256;
        const line = lineOf(position);
        expect(verifyExport(changed)).toMatchObject({ ok: false, line, ...(line > 1 ? { sequence: line - 1 } : {}) });
      }),
      { numRuns: 2_000 },
    );
  });

  it('names an entry whose spelling was changed, even when it still means the same', () => {
    for (const [written, changed] of [
      ['1e+300', '1E+300'],
      ['1e+300', '1e+400'],
      ['\\u001f', '\\u001F'],
    ] as const) {
      expect(text).toContain(written);
      const reason = 'it is not in its canonical form';
      expect(verifyExport(bytes(text.replace(written, changed)))).toEqual({ ok: false, line: 3, sequence: 2, reason });
    }
  });

  it('names the first missing entry when it was shortened, and the first extra one when it was lengthened', () => {
    const lines = text.split('\n').slice(0, -1);
    const joined = (kept: readonly string[]) => bytes(kept.map((line) => `${line}\n`).join(''));
    expect(verifyExport(joined(lines.slice(0, 3)))).toEqual({
      ok: false,
      line: 4,
      sequence: 3,
      reason: 'it is missing: the header says that the chain ends at entry 3',
    });
    expect(verifyExport(joined([...lines, at(lines, 3)]))).toMatchObject({ ok: false, line: 5, sequence: 4 });
    expect(verifyExport(bytes(''))).toMatchObject({ ok: false, line: 1 });
    for (let length = 1; length < text.length; length += 7) {
      expect(verifyExport(bytes(text).subarray(0, length))).toMatchObject({ ok: false });
    }
  });

  it('is refused when the whole chain was written anew by somebody without the key', () => {
    const rewritten = exportChain(group, chained([draft('nothing-happened')]), {
      ...origin,
      key: { keyId: 'b-1', privateKey: generateKeyPairSync('ed25519').privateKey },
    });
    expect(verifyExport(bytes(rewritten), keyring)).toEqual({
      ok: false,
      line: 1,
      reason: 'its signature by b-1 does not hold',
    });
  });
});
