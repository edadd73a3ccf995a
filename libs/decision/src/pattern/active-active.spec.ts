import { describe, expect, it } from '@jest/globals';
import { resourceKey, siteId, type Plan, type Step } from '#libs/domain';
import type { ActiveActiveFacts } from './active-active.js';
import { PATTERNS } from './patterns.js';
import type { MoveKind, Planned } from './planned.js';

const [a, b, c] = [siteId('a'), siteId('b'), siteId('c')];

const facts = (
  change: Partial<ActiveActiveFacts['shape']> = {},
  more: Partial<ActiveActiveFacts> = {},
): ActiveActiveFacts => ({
  shape: {
    group: 'orders',
    sites: [a, b],
    flows: [
      { id: 'a-to-b', from: a, to: b, policy: 'default' },
      { id: 'b-to-a', from: b, to: a, policy: 'default' },
    ],
    names: [
      {
        name: 'kafka.example',
        ttlSeconds: 5,
        sites: { a: { weight: 70, addresses: ['10.0.0.1'] }, b: { weight: 30, addresses: ['10.0.0.2'] } },
      },
    ],
    configs: [{ id: 'clients', data: { a: { bootstrap: 'a:9092' }, b: { bootstrap: 'b:9092' } } }],
    ...change,
  },
  policy: { fenceMode: 'strict', sealTimeoutMs: 1_000, stepTimeoutMs: 5_000, drainTimeoutMs: 60_000 },
  site: a,
  isLost: true,
  out: [],
  ...more,
});

const plans = PATTERNS['active-active'];
const planOf = (planned: Planned): Plan => {
  if ('plan' in planned) return planned.plan;
  throw new Error(planned.refused.message);
};
const refusalOf = (planned: Planned) => ('refused' in planned ? planned.refused : undefined);
const named = (planned: Planned, start: string): Step => {
  const step = planOf(planned).steps.find(({ name }) => name.startsWith(start));
  if (!step) throw new Error(`no step ${start}`);
  return step;
};
const stagesOf = (planned: Planned): string[][] => {
  const { steps } = planOf(planned);
  const last = Math.max(...steps.map(({ stage }) => stage));
  return Array.from({ length: last + 1 }, (_, at) => steps.filter(({ stage }) => stage === at).map(({ name }) => name));
};
const weightsOf = (desired: unknown) =>
  (desired as { members: { id: string; weight: number }[] }).members.map(({ id, weight }) => `${id} ${weight}`);

describe('the plans of an active-active group', () => {
  it('take the share of a lost site away at once, fence nothing and wait for nobody there', () => {
    const planned = plans.failover(facts());
    expect(planOf(planned)).toMatchObject({ kind: 'failover', from: a, to: b });
    expect(stagesOf(planned)).toEqual([
      ['seal-writes-a', 'seal-config-clients-a', 'seal-writes-b', 'seal-name-kafka.example'],
      ['record-positions-a-to-b'],
      ['redirect-kafka.example', 'config-clients-a'],
      ['verify-writes-b'],
    ]);
    expect(weightsOf(named(planned, 'redirect').desired)).toEqual(['a 0', 'b 30']);
    const ofLost = planOf(planned).steps.filter(({ runsAt }) => runsAt === a);
    expect(ofLost.every(({ deadlineMs, mayFail }) => deadlineMs === 0 && mayFail)).toBe(true);
    expect(
      planOf(planned).steps.some(({ fences, waitOut, pointOfNoReturn }) => fences ?? waitOut ?? pointOfNoReturn),
    ).toBe(false);
  });

  it('empty a site that is well: no share, then no writes, then nothing left to copy', () => {
    const planned = plans.switchover(facts({}, { isLost: false }));
    expect(stagesOf(planned).slice(1)).toEqual([
      ['redirect-kafka.example', 'config-clients-a'],
      ['fence-a'],
      ['drain-a-to-b'],
      ['verify-writes-b'],
    ]);
    expect(named(planned, 'fence-a')).toMatchObject({ desired: 'none', undo: 'clients', fences: a });
    expect(named(planned, 'drain')).toMatchObject({ desired: 'empty', deadlineMs: 60_000 });
  });

  it('can be taken back as a whole', () => {
    for (const planned of [plans.failover(facts()), plans.switchover(facts())]) {
      expect(weightsOf(named(planned, 'redirect').undo)).toEqual(['a 70', 'b 30']);
    }
    expect(weightsOf(named(plans.failback(facts()), 'redirect').undo)).toEqual(['a 0', 'b 30']);
  });

  it('let a site that is back take writes before its share leads clients to it', () => {
    const planned = plans.failback(facts({}, { isLost: false }));
    expect(planOf(planned)).toMatchObject({ kind: 'failback', from: b, to: a });
    expect(stagesOf(planned).slice(1)).toEqual([
      ['admit-clients-a'],
      ['verify-writes-a'],
      ['redirect-kafka.example', 'config-clients-a'],
    ]);
    expect(named(planned, 'verify-writes-a').mayFail).toBeUndefined();
    expect(weightsOf(named(planned, 'redirect').desired)).toEqual(['a 70', 'b 30']);
    expect(named(planned, 'config-clients-a').desired).toEqual({ bootstrap: 'a:9092' });
  });

  it('change nothing that was not sealed before, and each step once', () => {
    for (const planned of [plans.failover(facts()), plans.switchover(facts()), plans.failback(facts())]) {
      const { steps } = planOf(planned);
      const keysOf = (action: Step['action']) =>
        steps.filter((step) => step.action === action).map(({ resource }) => resourceKey(resource));
      expect(keysOf('seal')).toEqual(expect.arrayContaining(keysOf('apply')));
      expect(steps.filter(({ action }) => action === 'seal').every(({ stage }) => stage === 0)).toBe(true);
      expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
    }
  });

  it('have nothing to protect again', () => {
    expect(refusalOf(plans.reprotect(facts()))?.name).toBe('nothing-to-protect');
  });

  const flow = (from: typeof a, to: typeof a, policy: 'identity' | 'default' = 'default') => ({
    id: `${from}-to-${to}`,
    from,
    to,
    policy,
  });
  const refusals: readonly (readonly [string, ActiveActiveFacts, RegExp])[] = [
    [
      'identity-policy',
      facts({ flows: [flow(a, b, 'identity'), flow(b, a, 'identity')] }),
      /two writers.*policy: default/,
    ],
    ['identity-policy', facts({ flows: [flow(a, b), flow(b, a, 'identity')] }), /b-to-a/],
    ['flow-missing', facts({ flows: [flow(a, b)] }), /b to a/],
    ['nobody-left', facts({}, { out: [b] }), /share of a/],
    [
      'no-share',
      facts({
        names: [
          { name: 'n', ttlSeconds: 5, sites: { a: { weight: 1, addresses: [] }, b: { weight: 0, addresses: [] } } },
        ],
      }),
      /no share for b/,
    ],
  ];

  it.each(refusals)('are refused: %s', (name, unfit, message) => {
    for (const kind of ['failover', 'switchover'] satisfies MoveKind[]) {
      expect(refusalOf(plans[kind](unfit))).toEqual({ name, message: expect.stringMatching(message) });
    }
  });

  it('leave the sites out that were out before', () => {
    const flows = [a, b, c].flatMap((from) => [a, b, c].filter((to) => to !== from).map((to) => flow(from, to)));
    const sites = Object.fromEntries([a, b, c].map((site) => [site, { weight: 10, addresses: [`10.0.0.${site}`] }]));
    const three = facts(
      { sites: [a, b, c], configs: [], flows, names: [{ name: 'n', ttlSeconds: 5, sites }] },
      { out: [b] },
    );
    const planned = plans.failover(three);
    expect(planOf(planned).to).toBe(c);
    expect(weightsOf(named(planned, 'redirect-n').desired)).toEqual(['a 0', 'b 0', 'c 10']);
    expect(weightsOf(named(planned, 'redirect-n').undo)).toEqual(['a 10', 'b 0', 'c 10']);
  });
});
