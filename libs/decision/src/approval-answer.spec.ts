import { describe, expect, it } from '@jest/globals';
import { approvalId, groupId, instant, siteId, type Approval } from '#libs/domain';
import { askedApproval } from '../../../test/support/asked-approval.js';
import { takeAnswer, type GivenAnswer } from './approval-answer.js';

const asked = askedApproval({
  id: approvalId('approval-1'),
  group: groupId('orders'),
  kind: 'failover',
  target: siteId('b'),
  requestedAt: instant(0),
  expiresAt: instant(100),
});
const by = (name: string, more: Partial<GivenAnswer> = {}): GivenAnswer => ({
  decision: 'grant',
  by: name,
  mayApprove: true,
  memberOf: [],
  channel: 'api',
  ...more,
});
const no = { decision: 'deny' } as const;
/** One answer after the other, and what the approval is in the end. */
const after = (approval: Approval, ...given: readonly GivenAnswer[]): Approval =>
  given.reduce((before, each) => takeAnswer(before, each, instant(1)).approval, approval);
const two: Approval = { ...asked, required: 2 };

describe('an answer to an approval', () => {
  it('decides where one is enough, and says who, when and why', () => {
    const taken = takeAnswer(asked, by('bob', { reason: 'yes' }), instant(7));
    expect(taken).toMatchObject({ outcome: 'counted', isRepeat: false, rule: 'approval-granted' });
    expect(taken.approval).toMatchObject({ phase: 'granted', decidedBy: 'bob', decidedAt: 7, reason: 'yes' });
  });

  it('waits for as many different people as have to agree', () => {
    const once = after(two, by('bob'));
    expect([once.phase, once.decidedBy]).toEqual(['partly-granted', undefined]);
    expect(after(once, by('bob'), by('bob', { channel: 'slack' }))).toEqual(once);
    expect(after(once, by('carol'))).toMatchObject({ phase: 'granted', decidedBy: 'carol' });
  });

  it('needs one no only, also of somebody who had agreed', () => {
    expect(after(two, by('bob'), by('carol', no))).toMatchObject({ phase: 'denied', decidedBy: 'carol' });
    expect(after(two, by('bob'), by('bob', no))).toMatchObject({ phase: 'denied', decidedBy: 'bob' });
  });

  it('is the same answer when it is given again, and another one changes nothing any more', () => {
    const granted = after(asked, by('bob'));
    expect(takeAnswer(granted, by('bob'), instant(200))).toEqual({
      outcome: 'counted',
      approval: granted,
      isRepeat: true,
    });
    for (const late of [by('bob', no), by('carol', no), by('carol'), by('eve', { mayApprove: false })])
      expect(takeAnswer(granted, late, instant(2))).toEqual({ outcome: 'already-decided', approval: granted });
  });

  it.each([
    ['too late', asked, by('bob'), 100, 'expired'],
    ['to another plan', asked, by('bob', { planHash: 'other' }), 1, 'other-plan'],
    ['by whoever asked', { ...asked, requestedBy: 'bob' }, by('bob'), 1, 'own-request'],
    ['no by whoever asked', { ...asked, requestedBy: 'bob' }, by('bob', no), 1, 'own-request'],
    ['by nobody who may', asked, by('eve', { mayApprove: false }), 1, 'not-an-approver'],
    ['by nobody it asks', { ...asked, approvers: ['dba'] }, by('bob', { memberOf: ['sre'] }), 1, 'not-an-approver'],
    ['alone, by somebody else', two, by('bob', { breakGlass: { isAllowed: false } }), 1, 'may-not-break-glass'],
    ['alone, without a reason', two, by('bob', { breakGlass: { isAllowed: true } }), 1, 'no-reason'],
  ] as const)('does not count %s', (_, approval, given, at, because) => {
    expect(takeAnswer(approval, given, instant(at))).toEqual({ outcome: 'refused', approval, because });
  });

  it('counts of a member of any group that is asked', () => {
    const approval = { ...asked, approvers: ['dba', 'sre'] };
    expect(after(approval, by('bob', { mayApprove: false, memberOf: ['sre'] })).phase).toBe('granted');
  });

  it('may be one for all, of whoever asked as well, and a review is owed', () => {
    const alone = by('ada', { breakGlass: { isAllowed: true }, reason: 'nobody answers the phone' });
    const taken = takeAnswer({ ...two, requestedBy: 'ada' }, alone, instant(5));
    expect(taken).toMatchObject({ outcome: 'counted', rule: 'approval-glass-broken' });
    expect(taken.approval).toMatchObject({ phase: 'granted', review: { by: 'ada', openedAt: 5 } });
  });
});
