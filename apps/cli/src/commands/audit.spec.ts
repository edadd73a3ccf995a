import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chain, exportChain, GENESIS } from '#libs/audit';
import { epoch, groupId, instant, siteId } from '#libs/domain';
import { verifyAuditFiles } from './audit.js';

const group = groupId('orders');
const draft = (rule: string) => ({
  group,
  at: instant(0),
  actor: { kind: 'process', id: 'orchestrator@b' } as const,
  rule,
  before: 'steady',
  after: 'suspecting',
  epoch: epoch(1),
  evidence: null,
});
const first = chain(GENESIS, draft('dwelling'));
const second = chain(first, draft('start-failover'));
const origin = { exportedAt: instant(0), exportedBy: siteId('b'), topologyHash: 'f00' };
const intact = exportChain(group, [first, second], origin);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

const verify = async (text: string) => {
  const file = join(folder, 'export.ndjson');
  await writeFile(file, text);
  const out: string[] = [];
  const terminal = { out: (line: string) => out.push(line) };
  return { exitCode: await verifyAuditFiles([file], { terminal, json: false }, undefined), text: out.join('\n') };
};

describe('audit verify', () => {
  it('ends with 0 for an export that is as it was written', async () => {
    const { exitCode, text } = await verify(intact);
    expect(exitCode).toBe(0);
    expect(text).toContain('ok, 2 entries of orders');
  });

  it('ends with 5 and names the first bad entry after one byte was changed', async () => {
    const { exitCode, text } = await verify(intact.replace('start-failover', 'start-failoves'));
    expect(exitCode).toBe(5);
    expect(text).toContain('BROKEN at entry 2 (line 3)');
  });
});
