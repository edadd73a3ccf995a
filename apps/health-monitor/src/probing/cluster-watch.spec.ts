import { describe, expect, it } from '@jest/globals';
import type { Doubt } from '#libs/decision';
import { clusterId } from '#libs/domain';
import { InMemoryKafka, openInMemory, type ClusterCondition } from '#libs/kafka';
import { InMemoryLog, ProcessReadiness, Random } from '#libs/runtime';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { ClusterWatch, type RoundReport } from './cluster-watch.js';
import { CANARY_TOPIC, KafkaProbeSet } from './kafka.probe-set.js';
import { TcpReach } from './tcp-reach.js';

const policy = { roundMs: 500, jitter: 0.2, suspectAfterRounds: 3, downAfterRounds: 6 };
const PROBE_TIMEOUT_MS = 400;

class CountingRandom extends Random {
  private drawn = 0;
  override fraction = () => (this.drawn++ * 0.37) % 1;
  override id = () => `id-${this.drawn++}`;
}

class KernelReach extends TcpReach {
  constructor(private readonly kafka: InMemoryKafka) {
    super();
  }
  /** A frozen process's kernel still takes connections. */
  override connects = async () => this.kafka.condition !== 'killed';
}

const watched = async () => {
  const clock = new VirtualClock();
  const random = new CountingRandom();
  const readiness = new ProcessReadiness(new InMemoryLog(), clock);
  const options = { cluster: clusterId('a'), timeoutMs: PROBE_TIMEOUT_MS, superUsers: ['User:admin'] };
  const kafka = new InMemoryKafka(options, clock).createTopic(CANARY_TOPIC, 3);
  const probeOptions = { timeoutMs: PROBE_TIMEOUT_MS, bootstrap: [{ host: 'a', port: 9092 }] };
  const probes = new KafkaProbeSet(openInMemory(kafka), new KernelReach(kafka), { clock, random }, probeOptions);
  const doubt: { now?: Doubt } = {};
  const watch = new ClusterWatch(
    kafka.cluster,
    probes,
    { clock, random, readiness, doubtSince: () => doubt.now },
    policy,
  );
  const reports: RoundReport[] = [];
  const stop = watch.start((report) => reports.push(report));
  await clock.advance(3_000);
  return { clock, kafka, reports, doubt, readiness, stop, opinions: () => reports.map(({ opinion }) => opinion) };
};

describe('the watch on a cluster', () => {
  it('says up while every partition takes a write and gives it back', async () => {
    const { reports, opinions } = await watched();
    expect(new Set(opinions())).toEqual(new Set(['up']));
    const probes = reports.at(-1)?.probes ?? [];
    expect(probes.filter(({ probe }) => probe === 'produce')).toHaveLength(3);
    expect(probes.filter(({ probe }) => probe === 'consume')).toHaveLength(3);
    expect(probes.every(({ ok }) => ok)).toBe(true);
    expect(reports.at(-1)).toMatchObject({ kafkaClusterId: 'in-memory-a', failedForMs: 0 });
  });

  for (const condition of ['killed', 'frozen', 'leaderless'] as const satisfies ClusterCondition[]) {
    it(`says down after six failed rounds of a ${condition} cluster, at an unchanged pace, and up when it is back`, async () => {
      const { clock, kafka, reports, opinions } = await watched();
      const before = reports.length;
      kafka.condition = condition;
      await clock.advance(10_000);
      const seen = opinions().slice(before);
      const firstFailed = seen.indexOf('degraded');
      expect(seen.slice(firstFailed, firstFailed + 7)).toEqual([
        'degraded',
        'degraded',
        'suspect',
        'suspect',
        'suspect',
        'down',
        'down',
      ]);
      expect(seen.length).toBeGreaterThanOrEqual(18);
      expect(seen.length).toBeLessThanOrEqual(22);

      kafka.condition = 'serving';
      await clock.advance(1_500);
      expect(reports.at(-1)).toMatchObject({ opinion: 'up', failedForMs: 0 });
      await clock.advance(2_000);
      expect(reports.at(-1)?.healthyForMs).toBeGreaterThan(1_500);
    });
  }

  it('tells a frozen broker from a dead one in its detail', async () => {
    const { clock, kafka, reports } = await watched();
    const tcp = () => reports.at(-1)?.probes.find(({ probe }) => probe === 'tcp')?.ok;
    expect(tcp()).toBeUndefined();
    kafka.condition = 'frozen';
    await clock.advance(3_000);
    expect(tcp()).toBe(true);
    kafka.condition = 'killed';
    await clock.advance(3_000);
    expect(tcp()).toBe(false);
  });

  it('abstains, and says why, when the cluster does not let it in or write', async () => {
    const { clock, kafka, reports, readiness } = await watched();
    kafka.refusedLogins.add('User:admin');
    await clock.advance(5_000);
    expect(reports.at(-1)).toMatchObject({ opinion: 'abstain', reason: expect.stringContaining('refused the login') });
    expect(readiness.report().components['view of cluster a']).toMatchObject({ state: 'missing' });

    kafka.refusedLogins.clear();
    await clock.advance(1_000);
    expect(reports.at(-1)?.opinion).toBe('up');
    expect(readiness.report().components['view of cluster a']).toEqual({ state: 'ready' });
  });

  it('abstains when a probe meets a bug of ours', async () => {
    const { clock, kafka, reports } = await watched();
    kafka.reach = () => Promise.reject(new TypeError('Promise.withResolvers is not a function'));
    await clock.advance(10_000);
    expect(reports.at(-1)).toMatchObject({
      opinion: 'abstain',
      reason: 'the probe cannot be made: Promise.withResolvers is not a function',
    });
  });

  it('abstains while it doubts itself, whatever the cluster does', async () => {
    const { clock, kafka, reports, doubt } = await watched();
    kafka.condition = 'killed';
    doubt.now = { kind: 'passing', reason: 'only 1 of 3 anchors can be reached' };
    await clock.advance(10_000);
    expect(reports.at(-1)).toMatchObject({ opinion: 'abstain', reason: 'only 1 of 3 anchors can be reached' });
    doubt.now = undefined;
    await clock.advance(600);
    expect(reports.at(-1)?.opinion).toBe('degraded');
  });

  it('calls a cluster degraded whose log gives back something else than was written', async () => {
    const { clock, kafka, reports } = await watched();
    const log = kafka.partition(CANARY_TOPIC, 1);
    const push = log.push.bind(log);
    log.push = (...records) => push(...records.map((record) => ({ ...record, value: Buffer.from('other') })));
    await clock.advance(1_000);
    expect(reports.at(-1)).toMatchObject({
      opinion: 'degraded',
      reason: expect.stringMatching(/^consume: signalbox\.canary-1 at \d+ is not what was written$/),
    });
  });

  it('is degraded by many partitions that are offline, and not by a few or by not knowing', async () => {
    const { clock, kafka, reports } = await watched();
    kafka.partitionHealth = { partitions: 100, offline: 5, underMinIsr: 20 };
    await clock.advance(31_000);
    expect(reports.at(-1)?.opinion).toBe('up');
    kafka.partitionHealth = { partitions: 100, offline: 10, underMinIsr: 0 };
    await clock.advance(31_000);
    expect(reports.at(-1)).toMatchObject({
      opinion: 'degraded',
      reason: 'partitions: of 100 partitions 10 are offline and 0 under min.insync.replicas',
    });
  });

  it('ends when it is stopped', async () => {
    const { clock, reports, stop } = await watched();
    stop();
    const before = reports.length;
    await clock.advance(5_000);
    expect(reports).toHaveLength(before);
  });
});
