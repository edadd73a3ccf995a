import { describe, expect, it } from '@jest/globals';
import { instant } from '#libs/domain';
import { evidence, guard, lagOf, SETTINGS, verdict } from '../../../test/support/decision-facts.js';
import {
  a,
  approve,
  ask,
  AT,
  away,
  b,
  close,
  fresh,
  home,
  inPolicy,
  names,
  seen,
} from '../../../test/support/decision-play.js';
import { decide } from './decide.js';
import { permittedAccess, type GroupState } from './group-state.js';

describe('a planned move', () => {
  const atHome = (kind: 'switchover', to?: string, facts = evidence('a')) => ask(home, kind, to, facts);

  it('starts at once, and opens the new site only after everything is there', () => {
    const started = atHome('switchover', 'b');
    expect(started).toMatchObject({ rule: 'start-switchover', effects: [{ kind: 'start-run', requestedBy: 'alice' }] });
    const [effect] = started.effects;
    const steps = effect?.kind === 'start-run' ? effect.plan.steps : [];
    const order = [
      'fence-a',
      'drain-a-to-b',
      'deny-inbound-b',
      'record-positions-a-to-b',
      'promote-b',
      'config-clients-b',
    ];
    expect(steps.map(({ name }) => name).filter((name) => order.includes(name))).toEqual(order);
    expect(permittedAccess(started.state, a)).toBeUndefined();
    const closed = close(started.state, { watermark: { 'orders-0': 5 } });
    expect(closed).toMatchObject({
      active: 'b',
      returning: { a: { phase: 'quarantined', stranded: { records: 0 }, watermark: { 'orders-0': 5 } } },
    });
  });

  it('that is aborted leaves everything as it was', () => {
    const started = atHome('switchover', 'b');
    const aborted = close(started.state, { outcome: 'aborted' });
    expect(aborted).toMatchObject({ phase: 'steady', active: 'a', returning: {}, rule: 'run-aborted' });
    expect(permittedAccess(aborted, a)).toBe('clients');
    expect(permittedAccess(aborted, b)).toBe('inbound');
  });

  it.each([
    ['to the active site', () => atHome('switchover', 'a'), 'already-active'],
    ['to a site in quarantine', () => ask(away({}), 'switchover', 'a'), 'target-quarantined'],
    [
      'while another run is open',
      () => ask(atHome('switchover', 'b').state, 'switchover', 'b', evidence('a')),
      'run-active',
    ],
    ['while a question is open', () => ask(ask(away({}), 'reprotect').state, 'failback'), 'approval-open'],
    [
      'away from a cluster that is down',
      () => atHome('switchover', 'b', evidence('a', { verdicts: [verdict('a', 'down'), verdict('b', 'up')] })),
      'active-unhealthy',
    ],
    [
      'to a cluster that is not up',
      () => atHome('switchover', 'b', evidence('a', { verdicts: [verdict('a', 'up'), verdict('b', 'degraded')] })),
      'target-unhealthy',
    ],
    [
      'without the guard that has to fence',
      () => atHome('switchover', 'b', evidence('a', { guards: { a: guard('a', false), b: guard('b') } })),
      'no-guard-a',
    ],
    [
      'while it is frozen',
      () => atHome('switchover', 'b', evidence('a', { freeze: { by: 'bob', reason: 'x', until: instant(AT + 1) } })),
      'frozen',
    ],
    [
      'in mode observe',
      () => ask(home, 'switchover', 'b', evidence('a'), inPolicy({ mode: 'observe' })),
      'observe-mode',
    ],
  ])('is refused %s', (_what, request, veto) => {
    const refused = request();
    expect(refused).toMatchObject({ rule: 'request-refused', effects: [] });
    expect(names(refused)).toContain(veto);
  });

  it('is refused for lag that an operator has not lifted by name', () => {
    const lagging = evidence('a', { lag: lagOf('a-to-b', 20_000) });
    expect(names(atHome('switchover', 'b', lagging))).toEqual(['lag-above-rpo']);
    const lift = (until: number) => [
      { veto: 'lag-above-rpo', by: 'bob', reason: 'drains anyway', until: instant(until) },
    ];
    expect(atHome('switchover', 'b', { ...lagging, overrides: lift(AT - 1) }).effects).toEqual([]);
    expect(atHome('switchover', 'b', { ...lagging, overrides: lift(AT + 1) }).rule).toBe('start-switchover');
  });
});

describe('a failback', () => {
  const protectedAgain: GroupState = { ...home, active: b, lastRunEndedAt: instant(AT - 1_000) };

  it('always asks a second person, goes home, and shows what would bind an automatic run', () => {
    const asked = ask(protectedAgain, 'failback');
    expect(asked).toMatchObject({
      rule: 'ask-approval-for-failback',
      effects: [{ target: 'a', requestedBy: 'alice' }],
    });
    expect(names(asked)).toEqual(['cool-down']);
    expect(approve(asked.state)).toMatchObject({
      rule: 'start-approved-failback',
      effects: [{ approval: 'approval-2', requestedBy: 'alice' }],
    });
  });

  it.each([
    ['above the RPO', lagOf('b-to-a', 9_500), 'lag-above-rpo'],
    ['unknown', {}, 'lag-unknown'],
  ])('is refused while its lag is %s, and nobody can lift that', (_what, lag, veto) => {
    const overrides = [{ veto, by: 'bob', reason: 'now', until: instant(AT + 1) }];
    const refused = ask(protectedAgain, 'failback', undefined, evidence('b', { lag }));
    expect(refused).toMatchObject({ rule: 'request-refused', effects: [] });
    expect(refused.vetoes).toContainEqual(expect.objectContaining({ name: veto, overridable: false }));
    expect(ask(protectedAgain, 'failback', undefined, evidence('b', { lag, overrides })).effects).toEqual([]);
  });

  it('gives way to an incident', () => {
    const asked = ask(protectedAgain, 'failback').state;
    const bIsDown = evidence('b', { verdicts: [verdict('a', 'up'), verdict('b', 'down', 'silent')] });
    const decision = seen(asked, bIsDown);
    const because = 'the active cluster went down';
    const superseded = { kind: 'close-approval', approval: 'approval-2', outcome: 'superseded', because };
    expect(decision.effects).toContainEqual(superseded);
    expect(decision).toMatchObject({ rule: 'request-overtaken', state: { phase: 'suspecting' } });
    expect(seen(decision.state, bIsDown).state).toMatchObject({ phase: 'awaiting-approval', kind: 'failover' });
  });

  it('whose approval comes too late, or finds the site gone, starts nothing', () => {
    const asked = ask(protectedAgain, 'failback').state;
    expect(seen(asked, evidence('b'), AT + 600_000)).toMatchObject({
      rule: 'request-expired',
      state: { phase: 'steady' },
      effects: [{ outcome: 'expired' }],
    });
    const gone = evidence('b', { verdicts: [verdict('a', 'down'), verdict('b', 'up')] });
    expect(approve(asked, gone)).toMatchObject({
      rule: 'approved-but-vetoed',
      state: { phase: 'steady' },
      effects: [],
    });
  });

  it('that is denied is over', () => {
    const asked = ask(protectedAgain, 'failback').state;
    const denied = decide(asked, { kind: 'denied', at: instant(AT), approval: fresh.approval }, SETTINGS);
    expect(denied).toMatchObject({ rule: 'request-denied', state: { phase: 'steady' } });
  });
});

describe('a failover that a person asks for', () => {
  it('needs a second one, and says that a switchover would lose nothing', () => {
    const asked = ask(home, 'failover', 'b', evidence('a'));
    expect(asked.rule).toBe('ask-approval-for-failover');
    expect(names(asked)).toContain('active-is-up');
    expect(approve(asked.state, evidence('a')).rule).toBe('start-approved-failover');
  });

  it('takes a person’s word for the fence of a silent site', () => {
    const guarded = inPolicy({ fenceMode: 'guarded' });
    const lost = evidence('a', {
      verdicts: [verdict('a', 'down', 'silent'), verdict('b', 'up')],
      guards: { b: guard('b') },
    });
    expect(names(ask(home, 'failover', 'b', lost, guarded))).toContain('no-fence-possible');
    const attestations = [{ site: a, by: 'bob', reason: 'power is off', until: instant(AT + 1) }];
    expect(ask(home, 'failover', 'b', { ...lost, attestations }, guarded).rule).toBe('ask-approval-for-failover');
  });

  it('takes no word for the fence of a site that somebody still sees answer', () => {
    const guarded = inPolicy({ fenceMode: 'guarded' });
    const seen = evidence('a', {
      verdicts: [verdict('a', 'down', 'degraded'), verdict('b', 'up')],
      guards: { b: guard('b') },
      attestations: [{ site: a, by: 'bob', reason: 'power is off', until: instant(AT + 1) }],
    });
    expect(names(ask(home, 'failover', 'b', seen, guarded))).toContain('no-fence-possible');
  });
});
