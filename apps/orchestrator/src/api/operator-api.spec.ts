import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { verifyExport } from '#libs/audit';
import { approvalId, groupId, instant, processId, siteId } from '#libs/domain';
import { InMemoryJournal, Journal, keys } from '#libs/journal';
import { EventBus, MultiClusterEventBus } from '#libs/messaging';
import { parseTopology } from '#libs/topology';
import { askedApproval } from '../../../../test/support/asked-approval.js';
import { NestRuntime } from '../../../../test/support/nest-runtime.js';
import { OrchestratorModule } from '../orchestrator.module.js';
import { ThisProcess } from '../this-process.js';

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const example = parseTopology(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'), 'the example');
const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
const self = new ThisProcess({
  site: siteId('w'),
  process: processId('orchestrator@w'),
  topology: {
    ...example,
    api: { ...example.api, tokens: ROLES.map((role) => ({ name: role, role, sha256: sha256(role) })) },
  },
  topologyHash: 'hash',
  signingKey: { keyId: 'w-1', privateKey: generateKeyPairSync('ed25519').privateKey },
});
const group = self.topology.groups[0]?.id ?? groupId('none');

const runtime = new NestRuntime();
const { clock, log, readiness } = runtime;

describe('the operator API', () => {
  let app: INestApplication;
  let journal: InMemoryJournal;
  let url: string;

  beforeEach(async () => {
    journal = new InMemoryJournal(clock);
    const bus = new MultiClusterEventBus([], { waitMs: 10, retryMs: 10 }, { clock, log, readiness });
    const testing = Test.createTestingModule({ imports: [runtime.module, OrchestratorModule.register(self, [])] });
    const module = await testing
      .overrideProvider(Journal)
      .useValue(journal)
      .overrideProvider(EventBus)
      .useValue(bus)
      .compile();
    app = module.createNestApplication({ logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());

  const call = (role: string | undefined, path: string, body?: object) =>
    fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { ...(role && { authorization: `Bearer ${role}` }), 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const put = (key: string, value: object) =>
    journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: JSON.stringify(value) }] });
  const rules = async () => {
    const { entries } = await journal.read(keys.audit(group));
    return entries.map(({ value }) => (JSON.parse(value) as { rule: string }).rule);
  };

  it('answers nobody without a token, and says what to do', async () => {
    const answer = await call(undefined, '/v1/status');
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'SB_UNAUTHENTICATED', remedy: expect.any(String) });
  });

  it.each([
    ['viewer', `/v1/groups/${group}/freeze`],
    ['approver', `/v1/groups/${group}/freeze`],
    ['operator', '/v1/approvals/any/approve'],
    ['viewer', '/v1/approvals/any/deny'],
  ])('refuses a %s on %s', async (role, path) => {
    expect((await call(role, path, { reason: 'because', forMs: 1000 })).status).toBe(403);
  });

  it('gives everybody with a token the status, the explanation and the plan', async () => {
    expect(await (await call('viewer', '/v1/status')).json()).toMatchObject({ site: 'w', groups: [{ group }] });
    const explanation = await call('viewer', `/v1/groups/${group}/explain`);
    expect(await explanation.json()).toMatchObject({ group, verdict: { kind: 'blind' }, recorded: true });
    const plan = (await (await call('viewer', `/v1/groups/${group}/plan`)).json()) as { plan: { steps: object[] } };
    expect(plan.plan.steps.length).toBeGreaterThan(5);
  });

  it('freezes and unfreezes with an audit entry that names the person', async () => {
    const frozen = await call('operator', `/v1/groups/${group}/freeze`, { reason: 'network work', forMs: 60_000 });
    expect(frozen.status).toBe(201);
    const status = (await (await call('viewer', '/v1/status')).json()) as { groups: object[] };
    expect(status.groups[0]).toMatchObject({ frozen: { by: 'operator', reason: 'network work' } });
    await call('operator', `/v1/groups/${group}/unfreeze`, { reason: 'done' });
    expect(await rules()).toEqual(expect.arrayContaining(['freeze', 'unfreeze']));
  });

  it('names every field of a body that is wrong', async () => {
    const answer = await call('operator', `/v1/groups/${group}/freeze`, { forMs: -1 });
    const { detail } = (await answer.json()) as { detail: string };
    expect([answer.status, detail]).toEqual([400, expect.stringMatching(/reason.*forMs/s)]);
  });

  it('says which groups, runs and approvals there are when it is asked for another', async () => {
    const answer = await call('viewer', '/v1/groups/payments/explain');
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining(group)]);
    expect((await call('viewer', '/v1/runs/run-0')).status).toBe(404);
    expect((await call('approver', '/v1/approvals/approval-0/approve', {})).status).toBe(404);
  });

  it('exports a chain that verifies', async () => {
    await call('operator', `/v1/groups/${group}/freeze`, { reason: 'network work', forMs: 60_000 });
    const exported = await (await call('viewer', `/v1/groups/${group}/audit/export`)).text();
    expect(verifyExport(Buffer.from(exported))).toMatchObject({ ok: true });
  });

  it('takes the first answer to an approval, the same answer again, and no other', async () => {
    const id = approvalId('approval-1');
    const [requestedAt, expiresAt] = [clock.now(), instant(clock.now() + 60_000)];
    const asked = askedApproval({ id, group, target: siteId('b'), kind: 'failover', requestedAt, expiresAt });
    // Another site leads, so that nothing is decided here.
    await put(keys.leader(group), { leader: 'elsewhere' });
    await put(keys.approval(id), asked);
    const waiting = {
      phase: 'awaiting-approval',
      approval: id,
      kind: 'failover',
      target: 'b',
      expiresAt: asked.expiresAt,
    };
    await put(keys.groupState(group), {
      group,
      active: 'a',
      returning: {},
      rule: 'ask-approval',
      vetoes: [],
      ...waiting,
    });
    expect((await call('approver', `/v1/approvals/${id}/deny`, { planHash: 'other' })).status).toBe(409);
    expect((await call('approver', `/v1/approvals/${id}/deny`, { reason: 'not now' })).status).toBe(200);
    expect((await call('approver', `/v1/approvals/${id}/deny`, {})).status).toBe(200);
    expect((await call('admin', `/v1/approvals/${id}/approve`, {})).status).toBe(409);
    expect(await rules()).toContain('approval-denied');
  });
});
