import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chain, exportChain, GENESIS, lineOf } from '#libs/audit';
import { signCheckpoint, witnessed, type Keyring } from '#libs/contracts';
import { epoch, groupId, instant, siteId, type AuditEntry, type SiteId } from '#libs/domain';
import { verifyAuditFiles } from './audit.js';

const group = groupId('orders');
const [b, w] = ['b', 'w'].map(siteId) as [SiteId, SiteId];
const pairs = new Map([b, w].map((site) => [site, generateKeyPairSync('ed25519')]));
const keyring: Keyring = new Map([...pairs].map(([site, { publicKey }]) => [`${site}-1`, { site, publicKey }]));
const keyOf = (site: SiteId) => ({ keyId: `${site}-1`, privateKey: pairs.get(site)!.privateKey });

const decided = (rules: readonly string[]): readonly AuditEntry[] => {
  const entries: AuditEntry[] = [];
  for (const rule of rules) {
    const draft = {
      group,
      at: instant(0),
      actor: { kind: 'process', id: 'orchestrator@b' } as const,
      rule,
      before: 'steady',
      after: 'suspecting',
      epoch: epoch(1),
      evidence: null,
    };
    entries.push(chain(entries.at(-1) ?? GENESIS, draft));
  }
  return entries;
};
const entries = decided(['dwelling', 'start-failover', 'stage-done', 'run-closed']);
/** What site b exports, whoever it is that holds its key. */
const exported = (chained: readonly AuditEntry[]): string =>
  exportChain(group, chained, { exportedAt: instant(0), exportedBy: b, topologyHash: 'f00', key: keyOf(b) });
const intact = exported(entries);
const { sequence, hash } = entries.at(-1)!;
const heads = { 'groups/orders': { sequence, hash } };
const byB = signCheckpoint({ site: b, sequence: 7, at: instant(0), revision: 90, heads, seen: {} }, keyOf(b));
const checkpoints = lineOf(witnessed(byB, w, keyOf(w)));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

const verify = async (texts: readonly string[], json = false) => {
  const files = texts.map((_, index) => join(folder, `${index}.ndjson`));
  for (const [index, text] of texts.entries()) await writeFile(files[index]!, text);
  const out: string[] = [];
  const terminal = { out: (line: string) => out.push(line.replaceAll(`${folder}/`, '')) };
  return { exitCode: await verifyAuditFiles(files, { terminal, json }, keyring), text: out.join('\n') };
};

describe('audit verify', () => {
  it('ends with 0 for an export that is as it was written, and as it was witnessed', async () => {
    const { exitCode, text } = await verify([intact, checkpoints]);
    expect(exitCode).toBe(0);
    expect(text).toContain('ok, 4 entries of orders');
    expect(text).toContain('checkpoints: ok, 1 checkpoint, no contradiction');
  });

  it.each([
    [
      'a flipped byte',
      intact.replace('start-failover', 'start-failoves'),
      '0.ndjson: BROKEN at entry 2 (line 3): its hash is not the hash of its content',
    ],
    [
      'a removed entry',
      intact.split('\n').toSpliced(2, 1).join('\n'),
      '0.ndjson: BROKEN at entry 2 (line 3): it is missing: entry 3 follows entry 1',
    ],
    [
      'a removed tail',
      exported(entries.slice(0, 3)),
      'BROKEN: 0.ndjson: sites b and w witnessed entry 4 of group orders in checkpoint 7 of site b, the file ends at 3',
    ],
    [
      'a fork that was hashed and signed anew',
      exported(decided(['dwelling', 'declined', 'dwelling', 'declined'])),
      'BROKEN: 0.ndjson: entry 4 of group orders is not what sites b and w witnessed',
    ],
  ])('ends with 5 and names %s', async (_, tampered, named) => {
    const { exitCode, text } = await verify([tampered, checkpoints]);
    expect(exitCode).toBe(5);
    expect(text).toContain(named);
  });

  it('says the same for tools', async () => {
    const { exitCode, text } = await verify([exported(entries.slice(0, 3)), checkpoints], true);
    expect(exitCode).toBe(5);
    expect(JSON.parse(text)).toMatchObject([
      { verdict: { ok: true, entries: 3 } },
      { verdict: { ok: true, checkpoints: 1 } },
      { name: 'checkpoints', verdict: { ok: false, problems: [{ kind: 'tail-missing', sequence: 4 }] } },
    ]);
  });
});
