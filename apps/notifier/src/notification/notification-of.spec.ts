import { describe, expect, it } from '@jest/globals';
import { chain, GENESIS } from '#libs/audit';
import { NotificationEventWire, notificationEvent, NotificationWire } from '#libs/contracts';
import { epoch, groupId, instant, type Actor, type AuditEntry, type Json } from '#libs/domain';
import { notificationOf } from './notification-of.js';
import { RULES, tellingOf } from './rules.js';

const process: Actor = { kind: 'process', id: 'orchestrator@b' };
const alice: Actor = { kind: 'person', id: 'alice' };

const entry = (rule: string, evidence: Json = {}, actor = process): AuditEntry =>
  chain(GENESIS, {
    group: groupId('orders'),
    at: instant(Date.UTC(2026, 10, 21, 3)),
    actor,
    rule,
    before: 'suspecting',
    after: 'failing-over',
    epoch: epoch(3),
    evidence,
  });

const told = (rule: string, evidence?: Json, actor?: Actor) => notificationOf(entry(rule, evidence, actor));

describe(notificationOf.name, () => {
  it('says of a failover where to, why, what stands in the way, and what to type', () => {
    const verdict = {
      cluster: 'kafka-a',
      kind: 'down',
      failedForMs: 92_000,
      voices: [
        { site: 'b', opinion: 'down' },
        { site: 'w', opinion: 'down' },
      ],
    };
    const owes: Json = [
      { does: 'close-approval', approval: 'approval-1', outcome: 'superseded' },
      { does: 'start-run', run: 'run-1', kind: 'failover', from: 'a', to: 'b' },
    ];
    const vetoes = [{ name: 'cool-down', message: 'the last run ended\n 5 ms ago', overridable: true }];
    expect(told('start-failover', { verdicts: [verdict], vetoes, owes })).toEqual({
      id: 'orders/1',
      group: 'orders',
      at: Date.UTC(2026, 10, 21, 3),
      rule: 'start-failover',
      severity: 'critical',
      title: 'orders: a failover from a to b has started',
      body: [
        'kafka-a is down, failing for 92.0 s: b says down, w says down',
        'In the way: cool-down: the last run ended 5 ms ago',
        'Audit entry 1: start-failover, suspecting → failing-over, epoch 3, by orchestrator@b',
      ],
      next: ['signalbox run run-1'],
      about: { approval: 'approval-1', run: 'run-1', sites: ['a', 'b'] },
    });
  });

  it('says in every message that a group accepts a split brain', () => {
    for (const rule of [...Object.keys(RULES), 'brand-new']) {
      expect(notificationOf(entry(rule), true).body.at(-1)).toContain('both sites may take writes');
      expect(notificationOf(entry(rule)).body.join()).not.toContain('both sites may take writes');
    }
  });

  it('names the approval that is asked for, ready to be typed', () => {
    const owes: Json = [
      { does: 'open-approval', approval: 'approval-7', kind: 'failback', from: 'b', to: 'a', expiresAt: 5 },
    ];
    expect(told('ask-approval', { owes })).toMatchObject({
      severity: 'critical',
      title: 'orders: a failback from b to a needs an approval',
      next: ['signalbox explain orders', 'signalbox approve approval-7', 'signalbox deny approval-7'],
      about: { approval: 'approval-7' },
    });
  });

  it('tells the end of a run by how it ended', () => {
    expect(told('run-closed', { run: 'run-1', phase: 'completed' }).severity).toBe('info');
    const exceptions = [{ step: 'seal-writes-a', reason: 'unreachable' }];
    const closed = told('run-closed', { run: 'run-1', phase: 'completed-with-exceptions', exceptions });
    expect(closed.severity).toBe('warning');
    expect(closed.title).toBe('orders: run run-1 is closed: completed-with-exceptions');
    expect(closed.body).toContain('Exception: seal-writes-a: unreachable');
  });

  it('names the steps of a stage that are done, and what became of the others', () => {
    const step = (name: string, status: string, problem: string | null = null) => ({ name, status, problem });
    const steps = [step('fence-a', 'done'), step('seal-writes-a', 'unreachable', 'nobody reported'), step('x', 'done')];
    expect(told('stage-done', { run: 'run-1', steps })).toMatchObject({
      title: 'orders: run run-1 has done fence-a, x',
      body: ['Step seal-writes-a is unreachable: nobody reported', expect.stringContaining('Audit entry 1')],
    });
  });

  it('pages for a veto, unless the group is frozen on purpose', () => {
    const veto = (name: string) => ({ vetoes: [{ name, message: 'so', overridable: false }] });
    expect(told('failover-vetoed', veto('target-unhealthy')).severity).toBe('critical');
    expect(told('failover-vetoed', veto('frozen')).severity).toBe('warning');
  });

  it('names the person who did it, and the reason', () => {
    const freeze = told('freeze', { by: 'alice', reason: 'patching', until: Date.UTC(2026, 10, 21, 4) }, alice);
    expect(freeze).toMatchObject({ severity: 'info', title: 'orders: alice froze it until 2026-11-21T04:00:00.000Z' });
    expect(freeze.body).toContain('Reason: patching');
  });

  it.each([
    ['run-needs-human', 'critical'],
    ['ask-approval-because-vetoed', 'critical'],
    ['start-approved-failover', 'critical'],
    ['start-switchover', 'warning'],
    ['start-approved-failback', 'warning'],
    ['start-reprotect', 'info'],
    ['start-quarantine', 'info'],
    ['compensate-run', 'warning'],
    ['run-aborted', 'warning'],
    ['returning-lost-again', 'warning'],
    ['catching-up-above-rpo', 'warning'],
    ['active-link-down', 'warning'],
    ['active-asymmetric', 'warning'],
    ['active-degraded', 'warning'],
    ['active-blind', 'critical'],
    ['suspicion-cleared-up', 'info'],
    ['suspicion-cleared-link-down', 'warning'],
    ['stage-done', 'info'],
    ['approval-granted', 'info'],
    ['site-protected', 'info'],
    ['site-released', 'info'],
    ['site-quarantined', 'warning'],
    ['ask-approval-for-switchover', 'critical'],
    ['request-refused', 'info'],
    ['request-expired', 'warning'],
    ['approval-refused', 'info'],
    ['skip-step', 'warning'],
    ['retry-run', 'info'],
  ])('tells %s as %s, in words of its own', (rule, severity) => {
    const notification = told(rule);
    expect(notification.severity).toBe(severity);
    expect(notification.title).not.toContain(`rule ${rule}`);
  });

  it('never drops a rule it does not know', () => {
    for (const rule of ['brand-new', 'active-brand-new', 'constructor', 'toString']) {
      expect(told(rule)).toMatchObject({ severity: 'info', title: `orders: rule ${rule} applied` });
    }
  });

  it.each([null, 'text', 7, [], { vetoes: 'none', verdicts: [{}], run: 5, owes: null, reason: 'kept' }])(
    'tells an entry whatever its evidence is: %j',
    (evidence: Json) => {
      for (const rule of Object.keys(RULES)) {
        const notification = told(rule, evidence);
        expect(NotificationWire.parse(notification)).toEqual(notification);
        expect(notification.body.includes('Reason: kept')).toBe(
          evidence !== null && typeof evidence === 'object' && 'reason' in evidence,
        );
      }
    },
  );

  it('makes a CloudEvent that is the same each time', () => {
    const event = notificationEvent(told('stage-done', { run: 'run-1' }));
    expect(NotificationEventWire.parse(event)).toEqual(event);
    expect(event).toMatchObject({
      id: 'orders/1',
      source: '/signalbox/notifier',
      type: 'io.signalbox.stage-done.v1',
      subject: 'orders',
      time: '2026-11-21T03:00:00.000Z',
    });
    expect(notificationEvent(told('stage-done', { run: 'run-1' }))).toEqual(event);
  });
});

describe(tellingOf.name, () => {
  it('prefers a rule of its own to its family', () => {
    expect(tellingOf('start-failover')).toBe(RULES['start-failover']);
  });
});
