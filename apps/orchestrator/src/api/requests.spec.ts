import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyringOf, signatureProblem } from '#libs/contracts';
import { siteId } from '#libs/domain';
import { a, b, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { QUARANTINED } from '../../../../test/support/quarantined.js';

const because = { reason: 'new racks at a' };

describe('POST /v1/groups/:group/requests', () => {
  let stage: Stage;
  let desk: OperatorDesk;
  beforeEach(async () => {
    stage = new Stage();
    await stage.allWell();
    desk = await OperatorDesk.open(stage);
  });
  afterEach(() => desk.close());

  const ask = (kind: string, more: object = {}) => desk.post('operator', 'requests', { kind, ...because, ...more });

  it('starts a switchover at once, with the very plan that was read', async () => {
    const { body: read } = await desk.get('viewer', 'plan?kind=switchover&to=b');
    const answer = await ask('switchover', { to: 'b', planHash: read.planHash });
    expect(answer).toMatchObject({
      status: 200,
      body: { kind: 'switchover', target: 'b', planHash: read.planHash, vetoes: [] },
    });
    const { run } = answer.body;
    expect(answer.body.next).toEqual([`signalbox run ${run} --wait`, "signalbox abort orders --reason '<why>'"]);
    expect(await stage.state()).toMatchObject({ phase: 'running', run, kind: 'switchover' });
    expect(await stage.epoch()).toBe(1);
    const [entry] = await stage.audit();
    expect(entry).toMatchObject({
      rule: 'start-switchover',
      actor: { kind: 'person', id: 'operator' },
      evidence: { asked: { kind: 'switchover', to: 'b', by: 'operator', ...because } },
    });
  });

  it('opens an approval for what needs a second person, and says who may answer it', async () => {
    const { status, body } = await ask('failover');
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('run');
    expect(body.vetoes).toContainEqual(expect.objectContaining({ name: 'active-is-up' }));
    expect(body.next[0]).toBe(`signalbox approve ${body.approval}  (somebody else than operator)`);
    expect(await stage.state()).toMatchObject({ phase: 'awaiting-approval', approval: body.approval });
  });

  it.each([
    ['an unknown site', 'switchover', { to: 'c' }, 404, 'SB_UNKNOWN_SITE', /a, b/],
    ['the active site', 'switchover', { to: 'a' }, 409, 'SB_REQUEST_REFUSED', /already/],
    [
      'another plan than was read',
      'switchover',
      { planHash: 'other' },
      409,
      'SB_PLAN_CHANGED',
      /signalbox plan orders/,
    ],
    ['what nobody can ask for', 'quarantine', {}, 400, 'SB_BAD_REQUEST', /kind/],
    ['a reprotect of nobody', 'reprotect', {}, 409, 'SB_REQUEST_REFUSED', /no site of the group/],
  ])('refuses %s', async (_what, kind, more, status, code, text) => {
    const answer = await ask(kind, more);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).toMatch(text);
    expect(await stage.audit()).toEqual([]);
  });

  it('refuses a site in quarantine, and names the command that protects it again', async () => {
    await stage.stands({ active: b, returning: { a: QUARANTINED } });
    const { status, body } = await ask('switchover', { to: 'a' });
    expect(status).toBe(409);
    expect(body.vetoes).toContainEqual(expect.objectContaining({ name: 'target-quarantined', overridable: false }));
    expect(body.detail).toContain('signalbox reprotect orders --site a');
  });

  it('refuses a second one while a run is open, and names the run', async () => {
    const first = (await ask('switchover')).body;
    const { status, body } = await ask('switchover');
    expect(status).toBe(409);
    expect(body.vetoes.map(({ name }: { name: string }) => name)).toContain('run-active');
    expect(body.detail).toContain(`signalbox run ${first.run}`);
    expect(await stage.runs()).toHaveLength(1);
  });

  it('names the lift for a veto that can be lifted, and takes it', async () => {
    stage.lagMs['a-to-b'] = 20_000;
    await stage.allWell();
    const refused = await ask('switchover');
    expect(refused.body.remedy).toContain('signalbox override orders lag-above-rpo --for 15m');
    const lift = { veto: 'lag-above-rpo', reason: 'it is a test topic', forMs: 60_000 };
    expect((await desk.post('operator', 'override', lift)).status).toBe(200);
    expect((await ask('switchover')).body).toHaveProperty('run');
    expect((await desk.get('viewer', 'explain')).body.overrides).toEqual([]);
  });

  it.each(['viewer', 'approver'] as const)('refuses a %s', async (person) => {
    expect((await desk.post(person, 'requests', { kind: 'switchover', ...because })).status).toBe(403);
  });

  it('gives an orchestrator that leads nothing the last word as well: the leader goes on with what was started', async () => {
    const loop = stage.orchestrator('b');
    await loop.settle();
    await ask('switchover');
    const done = await stage.play(loop);
    expect(done.indexOf('fence-a')).toBeLessThan(done.indexOf('promote-b'));
    expect(await stage.state()).toMatchObject({
      phase: 'steady',
      active: b,
      returning: { [a]: { phase: 'quarantined' } },
    });
  });
});

describe('GET /v1/groups/:group/plan/export', () => {
  it('is signed by the site that made it, and bound to the plan', async () => {
    const stage = new Stage();
    await stage.allWell();
    const desk = await OperatorDesk.open(stage);
    const { body: plan } = await desk.get('viewer', 'plan?kind=switchover');
    const { body } = await desk.get('viewer', 'plan/export?kind=switchover');
    const { signature, ...unsigned } = body;
    const origin = { site: siteId('w'), keyId: body.keyId, signature };
    const keyring = keyringOf(stage.topology);
    expect(signatureProblem(unsigned, origin, keyring)).toBeUndefined();
    expect(signatureProblem({ ...unsigned, instructions: [] }, origin, keyring)).toContain('does not hold');
    expect(body).toMatchObject({ madeBy: 'w', planHash: plan.planHash, format: 'signalbox.plan-export.v1' });
    expect((await desk.get('viewer', 'plan?kind=reprotect')).body.code).toBe('SB_REQUEST_REFUSED');
    expect((await desk.get('viewer', 'plan?kind=nothing')).body.code).toBe('SB_BAD_REQUEST');
    await desk.close();
  });
});
