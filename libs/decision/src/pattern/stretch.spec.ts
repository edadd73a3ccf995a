import { describe, expect, it } from '@jest/globals';
import { siteId, type Plan } from '#libs/domain';
import { PATTERNS } from './patterns.js';
import type { Planned } from './planned.js';
import type { StretchFacts } from './stretch.js';
import { survivalOf, type Place } from './survival.js';

const [a, b, c] = [siteId('a'), siteId('b'), siteId('c')];
const place = (site: typeof a, rack: string, controllers: number, brokers: number): Place => ({
  site,
  rack,
  controllers,
  brokers,
});
/** Three sites with one controller and two brokers each. */
const THREE = [place(a, 'a1', 1, 2), place(b, 'b1', 1, 2), place(c, 'c1', 1, 2)];
/** Two sites with two racks each, and a third that only has a controller. */
const TWO_AND_A_VOTE = [
  place(a, 'a1', 1, 2),
  place(a, 'a2', 1, 2),
  place(b, 'b1', 1, 2),
  place(b, 'b2', 1, 2),
  place(c, 'c1', 1, 0),
];

const at = (address: string) => ({ addresses: [address], ttlSeconds: 5 });
const facts = (change: Partial<StretchFacts['shape']> = {}, more: Partial<StretchFacts> = {}): StretchFacts => ({
  shape: {
    group: 'orders',
    places: THREE,
    replication: { factor: 3, minInsync: 2 },
    names: [
      { name: 'kafka.example', ttlSeconds: 5, targets: { a: at('10.0.0.1'), b: at('10.0.0.2'), c: at('10.0.0.3') } },
    ],
    ...change,
  },
  policy: { fenceMode: 'strict', sealTimeoutMs: 1_000, stepTimeoutMs: 5_000, drainTimeoutMs: 60_000 },
  part: { site: a },
  underReplicated: 0,
  ...more,
});

const plans = PATTERNS.stretch;
const planOf = (planned: Planned): Plan => {
  if ('plan' in planned) return planned.plan;
  throw new Error(planned.refused.message);
};
const refusalOf = (planned: Planned) => ('refused' in planned ? planned.refused : undefined);
const redirectOf = (planned: Planned) => planOf(planned).steps.find(({ name }) => name === 'redirect-kafka.example');

describe('the plans of a stretched cluster', () => {
  it('lead clients away from a lost site once a write with acks=all was seen to succeed, and fence nothing', () => {
    const planned = plans.failover(facts());
    expect(planOf(planned)).toMatchObject({ kind: 'failover', from: a, to: b });
    const steps = planOf(planned).steps.map(({ name, stage }) => `${stage} ${name}`);
    expect(steps).toEqual([
      '0 seal-name-kafka.example',
      '1 prove-acks-all-b',
      '2 redirect-kafka.example',
      '3 verify-writes-b',
      '3 verify-writes-c',
    ]);
    const proof = planOf(planned).steps.find(({ name }) => name === 'prove-acks-all-b');
    expect(proof).toMatchObject({ action: 'inspect', runsAt: b });
    expect(proof?.mayFail).toBeUndefined();
    expect(redirectOf(planned)?.desired).toEqual({ addresses: ['10.0.0.2', '10.0.0.3'], ttlSeconds: 5 });
    expect(redirectOf(planned)?.undo).toEqual({ addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'], ttlSeconds: 5 });
  });

  it('are refused without a majority of the controllers: what brokers show is what was', () => {
    const places = [place(a, 'a1', 2, 2), place(b, 'b1', 1, 2)];
    const planned = plans.failover(facts({ places, replication: { factor: 2, minInsync: 1 } }));
    expect(refusalOf(planned)).toEqual({
      name: 'no-controller-majority',
      message: expect.stringMatching(/1 of 3 controllers.*acks=1.*may be lost/),
    });
    const half = [place(a, 'a1', 2, 2), place(b, 'b1', 2, 2)];
    expect(refusalOf(plans.failover(facts({ places: half })))?.name).toBe('no-controller-majority');
  });

  it('are refused where acks=all would be: to take less is for a person', () => {
    const planned = plans.failover(facts({ places: TWO_AND_A_VOTE, replication: { factor: 4, minInsync: 3 } }));
    expect(refusalOf(planned)).toEqual({
      name: 'acks-all-refused',
      message: expect.stringMatching(/2 of 4 replicas.*min.insync.replicas is 3/),
    });
  });

  it('have nothing to do for one rack of a site that has others', () => {
    const one = facts(
      { places: TWO_AND_A_VOTE, replication: { factor: 4, minInsync: 2 } },
      { part: { site: a, rack: 'a2' } },
    );
    expect(refusalOf(plans.failover(one))?.name).toBe('nothing-to-move');
    expect(planOf(plans.failover({ ...one, part: { site: a } }))).toMatchObject({ from: a, to: b });
  });

  it('wait, where they are planned, until every replica is in sync', () => {
    for (const underReplicated of [3, undefined]) {
      const behind = facts({}, { underReplicated });
      expect(refusalOf(plans.switchover(behind))?.name).toBe('not-in-sync');
      expect(refusalOf(plans.failback(behind))?.name).toBe('not-in-sync');
      expect('plan' in plans.failover(behind)).toBe(true);
    }
    expect(planOf(plans.switchover(facts())).kind).toBe('switchover');
  });

  it('lead clients to a site again that is back', () => {
    const planned = plans.failback(facts());
    expect(planOf(planned)).toMatchObject({ kind: 'failback', from: b, to: a });
    expect(redirectOf(planned)?.desired).toMatchObject({ addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] });
    expect(redirectOf(planned)?.undo).toMatchObject({ addresses: ['10.0.0.2', '10.0.0.3'] });
  });

  it('leave replication to Kafka', () => {
    expect(refusalOf(plans.reprotect(facts()))?.name).toBe('replicates-by-itself');
  });
});

describe(survivalOf.name, () => {
  const without = (site: typeof a) => (each: Place) => each.site === site;

  it('counts the replicas of the partition that is hit worst', () => {
    const left = (places: readonly Place[], factor: number) =>
      survivalOf(places, { factor, minInsync: 1 }, without(a)).replicasLeft;
    expect(left(THREE, 3)).toBe(2);
    expect(left(THREE, 2)).toBe(1);
    expect(left(THREE, 4)).toBe(2);
    expect(left(TWO_AND_A_VOTE, 4)).toBe(2);
    expect(left(TWO_AND_A_VOTE, 3)).toBe(1);
    expect(left([place(a, 'a1', 1, 1)], 1)).toBe(0);
  });

  it('needs more than half of the controllers', () => {
    expect(survivalOf(THREE, { factor: 3, minInsync: 2 }, without(a))).toMatchObject({
      controllersLeft: 2,
      hasMajority: true,
    });
    expect(survivalOf([], { factor: 3, minInsync: 2 }, without(a)).hasMajority).toBe(false);
  });
});
