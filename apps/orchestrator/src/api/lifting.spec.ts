import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { siteId } from '#libs/domain';
import { keys } from '#libs/journal';
import { a, b, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { QUARANTINED } from '../../../../test/support/quarantined.js';

const why = { reason: 'we know better' };
let stage: Stage;
let desk: OperatorDesk;
beforeEach(async () => {
  stage = new Stage();
  await stage.allWell();
  desk = await OperatorDesk.open(stage);
});
afterEach(() => desk.close());
const rules = async () => (await stage.audit()).map(({ rule }) => rule);
const ofGroup = async () => (await desk.get('viewer', '/status')).body.groups[0];

describe('POST /v1/groups/:group/override', () => {
  const lift = (veto: string, forMs = 60_000) => desk.post('operator', 'override', { veto, forMs, ...why });

  it('is shown as long as it is in force, and replaces an earlier one of the same veto', async () => {
    await lift('cool-down', 1_000);
    await lift('lag-above-rpo');
    const { body } = await lift('cool-down');
    expect(body.overrides.map(({ veto }: { veto: string }) => veto)).toEqual(['lag-above-rpo', 'cool-down']);
    await stage.clock.advance(59_000);
    expect((await ofGroup()).overrides).toHaveLength(2);
    expect((await desk.get('viewer', 'explain')).body.overrides).toHaveLength(2);
    await stage.clock.advance(2_000);
    expect((await ofGroup()).overrides).toEqual([]);
    expect((await lift('lag-unknown')).body.overrides).toHaveLength(1);
    expect(await rules()).toEqual(['override', 'override', 'override', 'override']);
  });

  it.each([
    ['no-such-veto', 60_000, 400, 'SB_UNKNOWN_VETO', /lag-above-rpo/],
    ['frozen', 60_000, 409, 'SB_NOT_OVERRIDABLE', /signalbox unfreeze/],
    ['no-guard-b', 60_000, 409, 'SB_NOT_OVERRIDABLE', /site-guard/],
    ['cool-down', 25 * 3_600_000, 400, 'SB_BAD_REQUEST', /24 hours/],
  ])('refuses %s for %d ms', async (veto, forMs, status, code, text) => {
    const answer = await lift(veto, forMs);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).toMatch(text);
    expect(await rules()).toEqual([]);
  });
});

describe('POST /v1/groups/:group/attest', () => {
  const attest = (site = 'a', person: 'approver' | 'operator' = 'approver') =>
    desk.post(person, 'attest', { site, ...why });

  it('counts for as long as an approval, and says what for', async () => {
    await stage.silence(a);
    await stage.loseA(5_000);
    const { status, body } = await attest();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      attestation: { site: 'a', by: 'approver', until: stage.clock.now() + 60_000 },
      lifts: ['no-fence-possible does not stand in the way of a failover away from a'],
      next: ["signalbox failover orders --reason '<why>'"],
    });
    expect((await ofGroup()).attestations).toHaveLength(1);
    await stage.clock.advance(60_000);
    expect((await ofGroup()).attestations).toEqual([]);
  });

  it('is refused for a site that somebody sees take writes', async () => {
    const { status, body } = await attest();
    expect([status, body.code]).toEqual([409, 'SB_ATTEST_CONTRADICTED']);
    expect(body.detail).toContain('a, b, w can see it');
  });

  it.each([
    ['the others do not, and it says itself that it is well', ['a']],
    ['one of the others does, and it is silent', ['w']],
  ])('is refused while %s', async (_, seers) => {
    await stage.silence(a);
    await stage.loseA(5_000);
    for (const seer of seers) await stage.vote(siteId(seer), 'kafka-a', 'up');
    const { status, body } = await attest();
    expect([status, body.code]).toEqual([409, 'SB_ATTEST_CONTRADICTED']);
    expect(body.detail).toContain(`${seers.join(', ')} can see it`);
  });

  it('is refused for a site there is not, and to whoever only operates', async () => {
    expect((await attest('c')).body.code).toBe('SB_UNKNOWN_SITE');
    expect((await attest('a', 'operator')).status).toBe(403);
  });
});

describe('POST /v1/groups/:group/release', () => {
  const release = (site = 'a', person: 'ada' | 'approver' = 'ada') => desk.post(person, 'release', { site, ...why });

  it('ends a quarantine on the word of an admin', async () => {
    await stage.stands({ active: b, returning: { a: QUARANTINED } });
    expect((await release('a', 'approver')).status).toBe(403);
    expect(await release()).toMatchObject({ status: 200, body: { site: 'a', next: ['signalbox preflight orders'] } });
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: b, returning: {} });
    expect((await stage.audit())[0]).toMatchObject({ rule: 'site-released', actor: { id: 'ada' } });
  });

  it('is refused for a site that is not on its way back', async () => {
    const { body } = await release();
    expect(body).toMatchObject({ code: 'SB_NOT_RELEASABLE', detail: expect.stringContaining('not on its way') });
  });

  it('is refused while nobody would keep the site from taking writes', async () => {
    await stage.stands({ active: b, returning: { a: QUARANTINED } });
    await stage.journal.commit({ conditions: [], changes: [{ kind: 'delete', key: keys.guardLease(a) }] });
    expect((await release()).body.detail).toContain('site-guard of a does not answer');
    expect(await stage.state()).toMatchObject({ returning: { a: { phase: 'quarantined' } } });
  });

  it('is refused while a question is open', async () => {
    await stage.stands({ active: b, returning: { a: QUARANTINED } });
    await desk.post('operator', 'requests', { kind: 'reprotect', ...why });
    expect((await release()).body.detail).toContain('while orders is awaiting-approval');
  });
});

describe('an approval', () => {
  const asked = async () => (await desk.post('ada', 'requests', { kind: 'failover', ...why })).body.approval as string;
  const answer = (id: string, person: 'ada' | 'bob' | 'approver', verb = 'approve', body = {}) =>
    desk.post(person, `/approvals/${id}/${verb}`, body);

  it.each(['approve', 'deny'])('is not for whoever asked to %s, and the attempt is kept', async (verb) => {
    const id = await asked();
    const { status, body } = await answer(id, 'ada', verb);
    expect([status, body.code]).toEqual([403, 'SB_OWN_REQUEST']);
    expect(body.detail).toContain('somebody else has to');
    expect(await rules()).toEqual(['ask-approval-for-failover']);
    expect((await answer(id, 'bob', verb)).status).toBe(200);
  });

  it('ends with the first answer; the same one again is the same answer', async () => {
    const id = await asked();
    const first = await answer(id, 'bob');
    expect(first.body).toMatchObject({
      phase: 'granted',
      decidedBy: 'bob',
      next: [expect.any(String), expect.any(String)],
    });
    expect((await answer(id, 'bob')).body).toEqual(first.body);
    const late = await answer(id, 'approver', 'deny');
    expect(late.body).toMatchObject({
      code: 'SB_APPROVAL_CLOSED',
      detail: expect.stringContaining('granted already by bob'),
    });
  });

  it('starts what was asked for, once a leader sees the answer', async () => {
    const loop = stage.orchestrator('b');
    await loop.settle();
    const id = await asked();
    await answer(id, 'bob');
    await loop.settle();
    expect(await stage.state()).toMatchObject({ phase: 'running', kind: 'failover' });
    expect((await stage.runs())[0]).toMatchObject({ approval: id, requestedBy: 'ada' });
  });

  it('that has expired says so, and how to ask again', async () => {
    const id = await asked();
    await stage.clock.advance(60_000);
    const { status, body } = await answer(id, 'bob');
    expect([status, body.code]).toEqual([409, 'SB_APPROVAL_CLOSED']);
    expect(body.detail).toContain('has expired');
    expect(body.remedy).toContain('signalbox failover orders --reason');
  });

  it('is bound to the plan that was read', async () => {
    expect((await answer(await asked(), 'bob', 'approve', { planHash: 'other' })).body.code).toBe('SB_PLAN_CHANGED');
  });
});
