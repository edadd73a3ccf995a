import { describe, expect, it } from '@jest/globals';
import type { VetoView } from '#libs/contracts';
import type { Evidence } from '#libs/decision';
import { flowId, instant, type Run, type RunKind, type RunPhase } from '#libs/domain';
import { a, b, group, Stage } from '../../../../test/support/group-stage.js';
import { forecast, type Outset } from './forecast.js';

const { settings } = new Stage();
const lag = { flow: flowId('a-to-b'), lagRecords: 3_021, lagMs: 12_400, sampleAgeMs: 800 };
const veto = (overridable: boolean): VetoView => ({ name: 'cool-down', message: '10 s remain', overridable });
const run = (tookMs: number | undefined, kind: RunKind = 'failover', phase: RunPhase = 'completed') =>
  ({
    plan: { group, kind, from: a, to: b, steps: [] },
    phase,
    startedAt: instant(1_000),
    ...(tookMs !== undefined && { finishedAt: instant(1_000 + tookMs) }),
  }) as unknown as Run;

const forecastOf = (change: Partial<Outset> = {}) =>
  forecast({
    group: { id: group, settings } as Outset['group'],
    at: instant(0),
    active: a,
    target: b,
    vetoes: [],
    evidence: { lag: { [settings.shape.clusters[a] ?? '']: lag } } as unknown as Evidence,
    checks: [],
    runs: [],
    ...change,
  });

describe('forecast', () => {
  it('counts what the target does not have, the age of the sample in', () => {
    expect(forecastOf().atRisk).toEqual({ flow: 'a-to-b', records: 3_021, ms: 13_200, sampleAgeMs: 800 });
  });

  it.each([
    ['nobody measures', { evidence: { lag: {} } as unknown as Evidence }],
    ['flows to another site than the target', { target: a }],
  ])('makes up no loss that %s', (_what, change) => {
    expect(forecastOf(change)).not.toHaveProperty('atRisk');
  });

  it('expects the time that earlier failovers of the group took, and counts no others', () => {
    const others = [run(9_000_000, 'switchover'), run(9_000_000, 'failover', 'aborted'), run(undefined)];
    const runs = [...others, ...[50_000, 40_000, 90_000, 60_000].map((tookMs) => run(tookMs))];
    expect(forecastOf({ runs }).takes).toEqual({ runs: 4, medianMs: 50_000, p95Ms: 90_000, slowestMs: 90_000 });
    expect(forecastOf({ runs: others })).not.toHaveProperty('takes');
  });

  it.each([
    ['at-once', [], b],
    ['after-approval', [veto(true)], b],
    ['not-now', [veto(true), veto(false)], b],
    ['not-now', [], undefined],
  ] as const)('says that it would start %s', (start, vetoes, target) => {
    expect(forecastOf({ vetoes, target })).toMatchObject({ start, vetoes });
  });

  it('warns of everything that a preflight finds, and tells no veto twice', () => {
    const checks = [
      { name: 'leader', ok: true, message: 'somebody leads', remedy: '' },
      { name: 'guard-b', ok: false, message: 'the site-guard of b does not renew', remedy: 'start it' },
      { name: 'plan-failover', ok: false, message: '10 s remain', remedy: 'wait' },
    ];
    expect(forecastOf({ checks }).warnings).toEqual([checks[1]]);
  });
});
