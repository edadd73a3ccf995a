import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk, type Person } from '../../../../test/support/operator-desk.js';
import { siteNotes } from '../../../../test/support/site-notes.js';
import { slackChannel } from '../../../../test/support/slack/slack-channel.js';

const why = { reason: 'we know better' };
const PEOPLE = { oncall: ['ada', 'bob', 'carol', 'dora'], leads: ['carol'] };
/** Erin is on call by a user group of Slack alone; nobody is a lead by one, however often it is said. */
const SLACK = slackChannel({
  people: { U0ADA: 'ada', U0BOB: 'bob', U0DORA: 'dora', U0ERIN: 'erin' },
  userGroups: { oncall: 'S0ONCALL' },
});
let stage: Stage;
let desk: OperatorDesk;

/** A group whose approvals need two of `oncall`. */
beforeEach(async () => {
  const topology = stageTopology();
  const approval = { ...topology.approval, groups: PEOPLE, approvers: ['oncall'], required: 2, breakGlass: ['leads'] };
  stage = new Stage({}, {}, { topology: { ...topology, approval, channels: [SLACK] } });
  await stage.allWell();
  desk = await OperatorDesk.open(stage);
});
afterEach(() => desk.close());

const asked = async () => (await desk.post('ada', 'requests', { kind: 'failover', ...why })).body.approval as string;
const answer = (id: string, person: Person, body: object = {}) =>
  desk.post(person, `/approvals/${id}/answers`, { decision: 'grant', ...body });
const relayed = (id: string, user: string, body: object = {}, more: object = {}) =>
  desk.post('slack', `/approvals/${id}/relayed-answers`, {
    decision: 'grant',
    person: { team: SLACK.team, user, ...more },
    ...body,
  });
const rules = async () => (await stage.audit()).map(({ rule }) => rule);

/** What the site's chain says of answers. */
async function noted(): Promise<readonly unknown[]> {
  const notes = await siteNotes(stage, 'approval-answered');
  return notes.map(({ actor, evidence }) => ({ who: actor?.id, ...(evidence as object) }));
}

describe('answers to an approval', () => {
  it('are counted by person, whatever channel they came by, until enough have agreed', async () => {
    const id = await asked();
    expect((await answer(id, 'bob', { channel: 'cli' })).body).toMatchObject({
      outcome: 'counted',
      phase: 'partly-granted',
    });
    expect((await relayed(id, 'U0BOB')).body).toMatchObject({ phase: 'partly-granted' });
    expect((await relayed(id, 'U0DORA', why)).body).toMatchObject({ outcome: 'counted', phase: 'granted' });
    expect((await answer(id, 'carol', { decision: 'deny' })).body).toMatchObject({
      outcome: 'already-decided',
      phase: 'granted',
      decidedBy: 'dora',
    });
    expect(await rules()).toEqual(['ask-approval-for-failover', 'approval-partly-granted', 'approval-granted']);
  });

  it('stand in the audit with who, by what channel and why, also those that do not count', async () => {
    const id = await asked();
    await answer(id, 'ada', why);
    await relayed(id, 'U0EVE', { details: { form: 'V1', user: 'U0BOB' } });
    await answer(id, 'bob', { planHash: 'another' });
    await answer(id, 'bob', why);
    await answer('approval-0', 'bob', why);
    expect(await noted()).toMatchObject([
      { who: 'ada', outcome: 'refused', because: 'SB_OWN_REQUEST', channel: 'api', reason: why.reason },
      {
        who: 'slack:T0WORK/U0EVE',
        outcome: 'refused',
        because: 'SB_NOT_AN_APPROVER',
        details: { form: 'V1', user: 'U0EVE', relay: 'slack' },
      },
      { who: 'bob', outcome: 'refused', because: 'SB_PLAN_CHANGED', planHash: 'another' },
      { who: 'bob', outcome: 'counted', phase: 'partly-granted' },
      { who: 'bob', outcome: 'refused', because: 'SB_UNKNOWN_APPROVAL', approval: 'approval-0' },
    ]);
  });

  it('are handed in by a relay only, which answers nothing itself', async () => {
    const id = await asked();
    expect((await answer(id, 'slack')).status).toBe(403);
    const pretends = { decision: 'grant', person: { team: SLACK.team, user: 'U0DORA' } };
    expect((await desk.post('bob', `/approvals/${id}/relayed-answers`, pretends)).status).toBe(403);
  });

  it('are of whom signalbox.yaml names, whatever a relay says of them', async () => {
    const id = await asked();
    const tried = [
      await relayed(id, 'bob'),
      await relayed(id, 'U0BOB', { principal: 'dora' }),
      await relayed(id, 'U0BOB', { memberOf: ['leads'] }),
      await relayed(id, 'U0BOB', { breakGlass: true, ...why }),
      await relayed(id, 'U0BOB', {}, { team: 'T0OTHER' }),
      await relayed(id, 'U0ADA'),
      await relayed(id, 'U0ERIN'),
      await relayed(id, 'U0ERIN', {}, { userGroups: ['S0LEADS'] }),
      await relayed(id, 'U0EVE', {}, { userGroups: ['S0ONCALL'] }),
    ];
    expect(tried.map(({ status }) => status)).toEqual([400, 400, 400, 400, 403, 403, 403, 403, 403]);
    expect((await desk.get('viewer', '/approvals')).body[0]).toMatchObject({ phase: 'pending', answers: [] });
    expect((await relayed(id, 'U0ERIN', {}, { userGroups: ['S0ONCALL'] })).body).toMatchObject({
      phase: 'partly-granted',
      answers: [{ by: 'erin', channel: 'slack' }],
    });
  });

  it('are bound to the evidence, the epoch and the plan of the asking', async () => {
    const id = await asked();
    const { body } = await desk.get('viewer', '/approvals');
    expect(body).toMatchObject([{ id, epoch: 0, required: 2, approvers: ['oncall'], phase: 'pending' }]);
    const [{ evidenceHash }] = (await stage.audit()) as never as [{ evidenceHash: string }];
    expect(body[0].evidenceHash).toBe(evidenceHash);
  });
});

describe('taking back what was asked', () => {
  it('is for whoever asked, as long as nothing is decided, and ends the request', async () => {
    const id = await asked();
    const cancel = (person: Person) => desk.post(person, `/approvals/${id}/cancel`, why);
    expect((await cancel('bob')).body).toMatchObject({ code: 'SB_NOT_AN_APPROVER' });
    await answer(id, 'bob');
    expect((await cancel('ada')).body).toMatchObject({ phase: 'cancelled', decidedBy: 'ada', reason: why.reason });
    expect((await cancel('ada')).status).toBe(200);
    expect((await answer(id, 'carol')).body).toMatchObject({ outcome: 'already-decided', phase: 'cancelled' });
    const loop = stage.orchestrator('w');
    await loop.settle();
    expect(await rules()).toContain('request-cancelled');
  });
});

describe('breaking the glass', () => {
  it('is for few, wants a reason, and is open until somebody else has reviewed it', async () => {
    const id = await asked();
    expect((await answer(id, 'carol', { breakGlass: true })).body.code).toBe('SB_REASON_MISSING');
    const { body } = await answer(id, 'carol', { breakGlass: true, ...why });
    expect(body).toMatchObject({ phase: 'granted', review: { by: 'carol' } });
    const due = async () => (await desk.get('viewer', '/status')).body.groups[0].reviewsDue;
    expect(await due()).toEqual([id]);
    const review = (person: Person) => desk.post(person, `/approvals/${id}/review`, { note: 'it was dark indeed' });
    expect((await review('carol')).body.code).toBe('SB_OWN_REQUEST');
    expect((await review('bob')).body.review).toMatchObject({ closedBy: 'bob', note: 'it was dark indeed' });
    expect(await due()).toBeUndefined();
    expect((await review('ada')).body).toMatchObject({ outcome: 'already-decided', review: { closedBy: 'bob' } });
    expect(await rules()).toEqual(['ask-approval-for-failover', 'approval-glass-broken', 'approval-reviewed']);
  });

  it('is not for everybody, and nothing is due where nobody did', async () => {
    const id = await asked();
    const alone = await answer(id, 'approver', { breakGlass: true, ...why });
    expect([alone.status, alone.body.code]).toEqual([403, 'SB_NOT_AN_APPROVER']);
    const review = await desk.post('bob', `/approvals/${id}/review`, { note: 'nothing' });
    expect(review.body.code).toBe('SB_NO_REVIEW_DUE');
  });
});
