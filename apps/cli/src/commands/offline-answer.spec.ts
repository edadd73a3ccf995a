import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { approverKeyring, openToken } from '#libs/contracts';
import { approvalId, groupId, instant, siteId } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { askedApproval } from '../../../../test/support/asked-approval.js';
import { fakeOrchestrator } from '../fake-orchestrator.js';
import { runCommandLine } from '../program.js';

const pair = generateKeyPairSync('ed25519');
const publicKey = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
const keyring = approverKeyring([{ keyId: 'alice-1', principal: 'alice', publicKey, revoked: false }]);
const approval = askedApproval({
  id: approvalId('ap-1'),
  group: groupId('orders'),
  kind: 'failover',
  target: siteId('b'),
  requestedAt: instant(0),
  expiresAt: instant(100),
});
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-offline-'));
  await writeFile(join(folder, 'alice.pem'), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await writeFile(join(folder, 'approvals.json'), JSON.stringify([{ id: 'other' }, approval]));
});
afterEach(() => rm(folder, { recursive: true }));

/** Without a token for the API, unless there is one. */
async function type(line: string, api?: { readonly url: string }, environment = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const words = line.split(' ').map((word) => (/\.(pem|json)$/.test(word) ? join(folder, word) : word));
  const exitCode = await runCommandLine([...words, ...(api ? ['--api', api.url] : [])], {
    terminal: { out: (text) => out.push(text), err: (text) => err.push(text), isScreen: false },
    clock: new SystemClock(),
    random: new SystemRandom(),
    environment,
    interruption: () => AbortSignal.abort(),
  });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}
const SIGN = '--offline --key alice.pem --key-id alice-1 --installation signalbox';

describe('approve --offline', () => {
  it.each([
    ['a file', '--from approvals.json'],
    ['what is given', '--group orders --plan plan'],
  ])('signs what it reads in %s, and asks nobody', async (_, from) => {
    const { exitCode, out } = await type(`approve ap-1 ${SIGN} ${from} --for 5m`);
    expect(exitCode).toBe(0);
    const opened = openToken(out, keyring);
    const answer = {
      installation: 'signalbox',
      group: 'orders',
      approval: 'ap-1',
      planHash: 'plan',
      decision: 'grant',
    };
    expect(opened).toMatchObject({ ok: true, principal: 'alice', answer });
    const { issuedAt = 0, expiresAt = 0 } = opened.ok ? opened.answer : {};
    expect(expiresAt - issuedAt).toBe(300_000);
  });

  it('signs what an orchestrator says is asked, and no as well', async () => {
    const api = await fakeOrchestrator({ 'GET /v1/approvals': { body: [approval] } });
    const { out } = await type(`deny ap-1 ${SIGN}`, api, { SIGNALBOX_TOKEN: 't' });
    expect(openToken(out, keyring)).toMatchObject({ ok: true, answer: { decision: 'deny', planHash: 'plan' } });
    await api.close();
  });

  it.each([
    ['without a key', 'approve ap-1 --offline --from approvals.json --installation x', 'no key to sign with'],
    ['for what is not asked', `approve ap-2 ${SIGN} --from approvals.json`, 'there is no approval ap-2'],
    ['from nothing that can be read', `approve ap-1 ${SIGN} --from gone.json`, 'cannot be read'],
    ['for nothing', `approve ${SIGN}`, "missing required argument 'approval'"],
  ])('signs nothing %s', async (_, line, says) => {
    const { exitCode, out, err } = await type(line);
    expect([exitCode, out, err]).toEqual([2, '', expect.stringContaining(says)]);
  });
});

describe('approve --token', () => {
  it('hands it in without a login', async () => {
    const body = { ...approval, phase: 'granted', outcome: 'counted', next: [] };
    const api = await fakeOrchestrator({ 'POST /v1/approval-tokens': { body } });
    const { exitCode, out } = await type('approve --token sba1.x.y', api);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('ap-1 is granted')]);
    expect(api.asked).toMatchObject([{ line: 'POST /v1/approval-tokens', authorization: '' }]);
    await api.close();
  });
});
