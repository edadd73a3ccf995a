import { describe, expect, it } from '@jest/globals';
import {
  approvalId,
  clusterId,
  flowId,
  groupId,
  instant,
  processId,
  runId,
  siteId,
  type SiteVoice,
  type Verdict,
} from '#libs/domain';
import { SETTINGS } from '../../../test/support/decision-facts.js';
import { QUARANTINED } from '../../../test/support/quarantined.js';
import { decide } from './decide.js';
import type { Findings, GroupEvent, Settings } from './decision.js';
import type { Evidence } from './evidence.js';
import { initialGroupState, permittedAccess, type GroupState } from './group-state.js';

const a = siteId('a');
const b = siteId('b');
const settings = SETTINGS;
const inMode = (mode: Settings['policy']['mode']): Settings => ({ ...settings, policy: { ...settings.policy, mode } });

const voice = (site: string, opinion: SiteVoice['opinion'], healthyForMs = 0): SiteVoice => ({
  site: siteId(site),
  opinion,
  failedForMs: 0,
  healthyForMs,
  reasons: [],
});
const down = (failedForMs: number): Verdict => ({
  cluster: clusterId('kafka-a'),
  kind: 'down',
  rule: 'verdict-5-down-by-quorum',
  dwellMs: 90_000,
  failedForMs,
  voices: [voice('a', 'silent'), voice('b', 'down'), voice('w', 'down')],
});
const up = (cluster: string, healthyForMs = 700_000): Verdict => ({
  cluster: clusterId(cluster),
  kind: 'up',
  rule: 'verdict-7-seen-up',
  failedForMs: 0,
  voices: [voice('b', 'up', healthyForMs)],
});
const armedGuard = {
  leaseHeld: false,
  record: {
    site: a,
    process: processId('site-guard@a'),
    incarnation: '1',
    renewal: 3,
    armed: true,
    armedBy: 'acl',
    selfFenceMs: 30_000,
    enforced: {},
    at: instant(0),
  },
};
const lost = (failedForMs = 90_000): Evidence => ({
  verdicts: [down(failedForMs), up('kafka-b')],
  lag: { 'kafka-a': { flow: flowId('a-to-b'), lagRecords: 3, lagMs: 40, sampleAgeMs: 900 } },
  guards: { a: armedGuard },
  overrides: [],
  attestations: [],
});
const calm: Evidence = { ...lost(), verdicts: [up('kafka-a'), up('kafka-b')] };

const fresh = { run: runId('run-1'), approval: approvalId('approval-1') };
const evaluated = (evidence: Evidence, at = 1_000_000): GroupEvent => ({
  kind: 'evaluated',
  at: instant(at),
  evidence,
  fresh,
});
const runClosed = (run: typeof fresh.run, findings: Partial<Findings> = {}): GroupEvent => ({
  kind: 'run-closed',
  at: instant(5),
  run,
  findings: { outcome: 'completed', ...findings },
});
const steady = initialGroupState(groupId('orders'), a);
const after = (state: GroupState, event: GroupEvent, by = settings) => decide(state, event, by);

describe(decide.name, () => {
  it('waits out the dwell, then starts the failover', () => {
    const suspecting = after(steady, evaluated(lost(89_999)));
    expect(suspecting).toMatchObject({ rule: 'dwelling', state: { phase: 'suspecting' }, effects: [] });
    const started = after(suspecting.state, evaluated(lost(90_000)));
    expect(started).toMatchObject({
      rule: 'start-failover',
      state: { phase: 'running', kind: 'failover', from: 'a', target: 'b' },
    });
    expect(started.effects).toMatchObject([{ kind: 'start-run', run: 'run-1', plan: { from: 'a', to: 'b' } }]);
  });

  it.each(['link-down', 'monitor-lost', 'asymmetric', 'no-quorum', 'blind', 'degraded'] as const)(
    'does nothing on %s, and says so',
    (kind) => {
      const evidence = { ...calm, verdicts: [{ ...up('kafka-a'), kind }, up('kafka-b')] };
      expect(after(steady, evaluated(evidence))).toMatchObject({
        rule: `active-${kind}`,
        effects: [],
        state: { phase: 'steady' },
      });
    },
  );

  it('calms down when the cluster is back before the dwell ends', () => {
    const { state } = after(steady, evaluated(lost(10)));
    expect(after(state, evaluated(calm))).toMatchObject({ rule: 'suspicion-cleared-up', state: { phase: 'steady' } });
  });

  it('decides, records and touches nothing in mode observe', () => {
    const observed = after(steady, evaluated(lost()), inMode('observe'));
    expect(observed).toMatchObject({ rule: 'would-fail-over', effects: [], state: { phase: 'observed', target: 'b' } });
    expect(after(observed.state, evaluated(lost()), inMode('observe'))).toMatchObject({
      rule: 'would-fail-over',
      effects: [],
    });
  });

  it('asks in mode approve, and runs once a person says yes', () => {
    const asked = after(steady, evaluated(lost()), inMode('approve'));
    expect(asked).toMatchObject({ rule: 'ask-approval', effects: [{ kind: 'open-approval', approval: 'approval-1' }] });
    const yes: GroupEvent = { kind: 'approved', at: instant(2), approval: fresh.approval, evidence: lost(), fresh };
    expect(after(asked.state, yes, inMode('approve'))).toMatchObject({
      rule: 'start-approved-failover',
      effects: [{ kind: 'start-run', approval: 'approval-1' }],
    });
  });

  it('takes a no for this incident only', () => {
    const asked = after(steady, evaluated(lost()), inMode('approve'));
    const no = after(asked.state, { kind: 'denied', at: instant(2), approval: fresh.approval }, inMode('approve'));
    expect(no.state.phase).toBe('declined');
    expect(after(no.state, evaluated(lost()), inMode('approve'))).toMatchObject({
      effects: [],
      state: { phase: 'declined' },
    });
    expect(after(no.state, evaluated(calm), inMode('approve')).state.phase).toBe('steady');
  });

  it('re-observes before it acts on an approval: a cluster that is back is left alone', () => {
    const asked = after(steady, evaluated(lost()), inMode('approve'));
    const yes: GroupEvent = { kind: 'approved', at: instant(2), approval: fresh.approval, evidence: calm, fresh };
    expect(after(asked.state, yes, inMode('approve'))).toMatchObject({ effects: [], state: { phase: 'steady' } });
  });

  it('closes a question whose facts changed or whose time ran out', () => {
    const { state } = after(steady, evaluated(lost()), inMode('approve'));
    expect(after(state, evaluated(calm), inMode('approve')).effects).toMatchObject([
      { kind: 'close-approval', outcome: 'superseded' },
    ]);
    const late = after(state, evaluated(lost(), 1_000_000 + 600_000), inMode('approve'));
    expect(late).toMatchObject({
      rule: 'approval-expired',
      effects: [{ kind: 'close-approval', outcome: 'expired' }],
      state: { phase: 'suspecting' },
    });
  });

  it('asks people when only vetoes that they may lift stand in the way', () => {
    const unknownLag = { ...lost(), lag: {} };
    expect(after(steady, evaluated(unknownLag))).toMatchObject({
      rule: 'ask-approval-because-vetoed',
      vetoes: [{ name: 'lag-unknown' }],
      effects: [{ kind: 'open-approval' }],
    });
  });

  it.each([
    ['frozen', { freeze: { by: 'alice', reason: 'audit', until: instant(2_000_000) } }],
    ['no-fence-possible', { guards: {} }],
    ['target-unhealthy', { verdicts: [down(90_000), { ...up('kafka-b'), kind: 'degraded' as const }] }],
  ])('does not even ask while %s stands', (name, change) => {
    const decision = after(steady, evaluated({ ...lost(), ...change }));
    expect(decision).toMatchObject({ rule: 'failover-vetoed', effects: [], state: { phase: 'suspecting' } });
    expect(decision.state.vetoes).toContain(name);
  });

  it.each([
    ['target-healthy-too-short', { verdicts: [down(90_000), up('kafka-b', 5)] }, {}],
    [
      'lag-above-rpo',
      { lag: { 'kafka-a': { flow: flowId('a-to-b'), lagRecords: 9, lagMs: 9_500, sampleAgeMs: 600 } } },
      {},
    ],
    ['cool-down', {}, { lastRunEndedAt: instant(999_000) }],
    ['name-of-another', { foreignNames: [{ name: 'kafka.example', owners: ['external-dns/cluster-1'] }] }, {}],
  ])('names %s with its numbers', (name, change, stateChange) => {
    const { vetoes } = after({ ...steady, ...stateChange }, evaluated({ ...lost(), ...change }));
    expect(vetoes.map((veto) => veto.name)).toEqual([name]);
    expect(vetoes[0]?.message).toMatch(/\d/);
  });

  it('quarantines the old site when the run closes, and drops what belongs to another run', () => {
    const started = after(steady, evaluated(lost())).state;
    expect(after(started, runClosed(runId('run-0'))).state.phase).toBe('running');
    const closed = after(started, runClosed(fresh.run, { watermark: { 'orders-0': 7 } })).state;
    expect(closed).toMatchObject({ phase: 'steady', active: 'b', lastRunEndedAt: 5 });
    expect(closed.returning).toMatchObject({ a: { phase: 'lost', leftBy: 'run-1', watermark: { 'orders-0': 7 } } });
    expect(permittedAccess(closed, a)).toBe('none');
    expect(permittedAccess(closed, b)).toBe('clients');
  });

  it('lets a failover that was taken back count for the cool-down', () => {
    const started = after(steady, evaluated(lost())).state;
    const aborted = after(started, runClosed(fresh.run, { outcome: 'aborted' }));
    expect(aborted).toMatchObject({ rule: 'run-aborted', state: { phase: 'steady', active: 'a', lastRunEndedAt: 5 } });
    const again = after(aborted.state, evaluated(lost(), 6));
    expect(again).toMatchObject({ rule: 'ask-approval-because-vetoed', vetoes: [{ name: 'cool-down' }] });
  });

  it('does not keep an approval beyond its time because a veto stood', () => {
    const { state } = after(steady, evaluated(lost()), inMode('approve'));
    const frozen = { ...lost(), freeze: { by: 'alice', reason: 'audit', until: instant(9_000_000) } };
    const yes = (at: number): GroupEvent => {
      return { kind: 'approved', at: instant(at), approval: fresh.approval, evidence: frozen, fresh };
    };
    const vetoed = after(state, yes(1_000_001), inMode('approve'));
    expect(vetoed).toMatchObject({ rule: 'approved-failover-vetoed', state: { phase: 'awaiting-approval' } });
    const late = after(vetoed.state, yes(1_600_000), inMode('approve'));
    expect(late).toMatchObject({ rule: 'approved-in-vain', effects: [], state: { phase: 'suspecting' } });
  });

  it('never fails over to a quarantined site', () => {
    const moved: GroupState = { ...steady, active: b, returning: { a: QUARANTINED } };
    const evidence = { ...lost(), verdicts: [up('kafka-a'), { ...down(90_000), cluster: clusterId('kafka-b') }] };
    expect(after(moved, evaluated(evidence)).state.vetoes).toContain('no-target');
  });
});

describe(permittedAccess.name, () => {
  it('fences the old site and leaves the target to the steps while a run is open', () => {
    const running = after(steady, evaluated(lost())).state;
    expect(permittedAccess(running, a)).toBe('none');
    expect(permittedAccess(running, b)).toBeUndefined();
    expect(permittedAccess(steady, a)).toBe('clients');
    expect(permittedAccess(steady, b)).toBe('inbound');
  });
});
