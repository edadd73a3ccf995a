import { describe, expect, it } from '@jest/globals';
import { evidence, guard, lagOf, SETTINGS, verdict } from '../../../test/support/decision-facts.js';
import { a, approve, ask, AT, away, b, close, inPolicy, names, seen } from '../../../test/support/decision-play.js';
import { QUARANTINED } from '../../../test/support/quarantined.js';
import { instant, type ReturningSite } from '#libs/domain';
import { decide } from './decide.js';
import { permittedAccess, type GroupState } from './group-state.js';
import { reprotectPlan } from './plan.js';

const uncounted = (site: Partial<ReturningSite>): GroupState => {
  const { stranded, ...rest } = QUARANTINED;
  return { ...away({}), returning: { a: { ...rest, ...site } } };
};

describe('a site that was lost', () => {
  it.each([
    ['its cluster is still down', evidence('b', { verdicts: [verdict('a', 'down'), verdict('b', 'up')] })],
    ['its guard is silent', evidence('b', { guards: { a: guard('a', false), b: guard('b') } })],
    ['the group is frozen', evidence('b', { freeze: { by: 'bob', reason: 'x', until: instant(AT + 1) } })],
  ])('stays lost while %s', (_why, facts) => {
    expect(seen(away({ phase: 'lost' }), facts)).toMatchObject({ effects: [], state: { phase: 'steady' } });
  });

  it('is taken in as soon as it answers: sealed and fenced, and its stranded records counted', () => {
    const started = seen(away({ phase: 'lost' }));
    expect(started).toMatchObject({
      rule: 'start-quarantine',
      state: { phase: 'running', kind: 'quarantine', target: 'a' },
    });
    const [effect] = started.effects;
    expect(effect).toMatchObject({ kind: 'start-run', plan: { kind: 'quarantine', from: 'b', to: 'a' } });
    expect(permittedAccess(started.state, a)).toBe('none');
    const stranded = { records: 1, ranges: [{ topic: 'orders', partition: 0, from: 7, to: 8 }] };
    expect(close(started.state, { stranded }).returning['a']).toMatchObject({ phase: 'quarantined', stranded });
  });

  it('is not taken in again at once after that failed', () => {
    const failed = close(seen(away({ phase: 'lost' })).state, { outcome: 'aborted' });
    expect(failed).toMatchObject({ phase: 'steady', returning: { a: { phase: 'lost', rule: 'take-in-failed' } } });
    expect(seen(failed, evidence('b'), AT + 29_000).effects).toEqual([]);
    expect(seen(failed, evidence('b'), AT + 31_000).rule).toBe('start-quarantine');
  });

  it('is only watched in mode observe', () => {
    expect(seen(away({ phase: 'lost' }), evidence('b'), AT, inPolicy({ mode: 'observe' })).effects).toEqual([]);
  });
});

describe('a site in quarantine', () => {
  it('takes nobody, and is lost again when it dies', () => {
    expect(permittedAccess(away({}), a)).toBe('none');
    const gone = evidence('b', { guards: { a: guard('a', false), b: guard('b') } });
    expect(seen(away({}), gone)).toMatchObject({
      rule: 'returning-lost-again',
      state: { rule: 'initial', returning: { a: { phase: 'lost' } } },
    });
  });

  it('is protected again when another person agrees, from the watermark', () => {
    const asked = ask(away({}), 'reprotect');
    expect(asked).toMatchObject({
      rule: 'ask-approval-for-reprotect',
      effects: [{ kind: 'open-approval', requestedBy: 'alice', target: 'a' }],
    });
    const started = approve(asked.state);
    expect(started).toMatchObject({ rule: 'start-approved-reprotect', state: { phase: 'running', kind: 'reprotect' } });
    const [effect] = started.effects;
    const steps = effect?.kind === 'start-run' ? effect.plan.steps : [];
    expect(steps.map(({ name }) => name)).toEqual([
      'seal-writes-a',
      'seal-positions-b-to-a',
      'seal-mirror-a-to-b',
      'seal-config-clients-a',
      'stop-mirror-a-to-b',
      'config-clients-a',
      'set-positions-b-to-a',
      'admit-replication-a',
      'start-mirror-b-to-a',
    ]);
    expect(steps.find(({ name }) => name === 'set-positions-b-to-a')?.desired).toEqual({ 'orders-0': 100 });
    expect(permittedAccess(started.state, a)).toBeUndefined();
    expect(permittedAccess(started.state, b)).toBe('clients');
    expect(close(started.state).returning['a']).toMatchObject({ phase: 'catching-up' });
    expect(close(started.state, { outcome: 'aborted' }).returning['a']).toMatchObject({ phase: 'quarantined' });
  });

  it('is not admitted before what its clients read is set under the epoch, as it may have missed at its return', () => {
    const { steps } = reprotectPlan({ ...SETTINGS, from: b, to: a, watermark: {} });
    const stageOf = (name: string) => steps.find((step) => step.name === name)?.stage ?? NaN;
    const set = steps.find(({ name }) => name === 'config-clients-a');
    expect(set?.desired).toEqual(SETTINGS.shape.configs[0]?.data['b']);
    expect(set?.mayFail).toBeUndefined();
    expect(stageOf('seal-config-clients-a')).toBe(0);
    expect(stageOf('config-clients-a')).toBeLessThan(stageOf('admit-replication-a'));
  });

  it.each([
    ['lost', { phase: 'lost' as const }, 'not-quarantined'],
    ['catching up', { phase: 'catching-up' as const }, 'not-quarantined'],
  ])('is not protected again while it is %s', (_what, site, veto) => {
    const refused = ask(away(site), 'reprotect', 'a');
    expect(refused).toMatchObject({ rule: 'request-refused', effects: [] });
    expect(names(refused)).toContain(veto);
  });

  it('cannot be protected without a watermark, and says what to do instead', () => {
    const { watermark, ...rest } = QUARANTINED;
    const refused = ask({ ...away({}), returning: { a: rest } }, 'reprotect');
    expect(names(refused)).toEqual(['watermark-unknown']);
    expect(refused.vetoes[0]?.message).toContain('signalbox release orders --site a');
  });

  it('is taken in again, less and less often, until its stranded records are counted', () => {
    let state = close(seen(uncounted({ phase: 'lost' })).state, {});
    let at = AT;
    for (const seconds of [30, 60, 120]) {
      expect(seen(state, evidence('b'), at + seconds * 1_000 - 1).effects).toEqual([]);
      const again = seen(state, evidence('b'), at + seconds * 1_000);
      expect(again).toMatchObject({ rule: 'start-quarantine', state: { kind: 'quarantine', target: 'a' } });
      at += seconds * 1_000;
      state = close(again.state, {}, at);
    }
    expect(state.returning['a']).toMatchObject({ rule: 'taken-in-again', uncounted: 4 });
    const { stranded = { records: 0, ranges: [] } } = QUARANTINED;
    const counted = close(seen(state, evidence('b'), at + 240_000).state, { stranded });
    expect(counted.returning['a']).not.toHaveProperty('uncounted');
    expect(seen(counted, evidence('b'), at + 9_000_000).effects).toEqual([]);
  });

  it('is not taken for counted by what was counted before it was lost again', () => {
    const returned = close(seen(away({ phase: 'lost' })).state, {});
    expect(returned.returning['a']).not.toHaveProperty('stranded');
    expect(names(ask(returned, 'reprotect'))).toEqual(['stranded-uncounted']);
    expect(seen(returned, evidence('b'), AT + 30_000).rule).toBe('start-quarantine');
  });

  it.each([
    ['no flow from it says what is stranded', {}, { flows: SETTINGS.shape.flows.filter(({ to }) => to === a) }],
    ['its Kafka is another one', { rebornAs: 'A2' }, {}],
  ])('is not taken in again where %s', (_why, site, shape) => {
    const state = uncounted(site);
    const settings = { ...SETTINGS, shape: { ...SETTINGS.shape, ...shape } };
    expect(seen(state, evidence('b'), AT + 9_000_000, settings).effects).toEqual([]);
  });

  it('is protected before its stranded records are counted only where a person says so', () => {
    const asked = ask(uncounted({}), 'reprotect');
    expect(asked.vetoes).toMatchObject([{ name: 'stranded-uncounted', overridable: true }]);
    expect(asked.vetoes[0]?.message).toContain('nobody could count what is stranded in a');
  });

  it('can be released on a person’s word', () => {
    const released = decide(away({}), { kind: 'released', at: instant(AT), site: a }, SETTINGS);
    expect(released).toMatchObject({ rule: 'site-released', state: { returning: {} } });
    expect(permittedAccess(released.state, a)).toBe('inbound');
  });
});

describe('a site that is catching up', () => {
  const site = { phase: 'catching-up' as const };

  it('takes replication only', () => expect(permittedAccess(away(site), a)).toBe('inbound'));

  it('is protected once its lag has been under the RPO for long enough', () => {
    const first = seen(away(site));
    expect(first).toMatchObject({ rule: 'catching-up-under-rpo', state: { returning: { a: { keepsUpSince: AT } } } });
    expect(seen(first.state, evidence('b'), AT + 59_000).state.returning).toHaveProperty('a');
    expect(seen(first.state, evidence('b'), AT + 60_000)).toMatchObject({
      rule: 'site-protected',
      state: { returning: {} },
    });
  });

  it.each([
    ['the lag rises above the RPO', evidence('b', { lag: lagOf('b-to-a', 9_500) })],
    ['nobody measures it', evidence('b', { lag: {} })],
    ['only the other direction is measured', evidence('b', { lag: { 'kafka-b': lagOf('a-to-b')['kafka-a'] } })],
  ])('starts over when %s', (_why, facts) => {
    const waiting = away({ ...site, keepsUpSince: instant(AT - 59_000) });
    const late = seen(waiting, facts);
    expect(late.rule).toBe('catching-up-above-rpo');
    expect(late.state.returning['a']).not.toHaveProperty('keepsUpSince');
  });
});
