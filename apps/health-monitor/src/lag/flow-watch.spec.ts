import { describe, expect, it } from '@jest/globals';
import { clusterId, flowId, UnavailableError } from '#libs/domain';
import {
  GroupCheckpoints,
  InMemoryKafka,
  InMemoryOffsetSweep,
  InMemoryWholeLog,
  offsetSyncKey,
  OffsetSyncs,
  offsetSyncValue,
  openInMemory,
  type FlowManner,
  type SweptOffsets,
} from '#libs/kafka';
import { InMemoryLog, Metrics, ProcessReadiness, SystemRandom } from '#libs/runtime';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { FlowProbe } from './flow-probe.js';
import { FlowWatch } from './flow-watch.js';
import { MirrorPositions } from './mirror-positions.js';

class HandMirror extends MirrorPositions {
  positions: SweptOffsets | 'none yet' | undefined = new Map();
  override async read(): Promise<SweptOffsets | undefined> {
    if (!this.positions) throw new UnavailableError('Connect does not tell the offsets');
    return this.positions === 'none yet' ? undefined : this.positions;
  }
}

const SYNCS = 'mm2-offset-syncs.a.internal';
const manner: FlowManner = {
  naming: { policy: 'identity', sourceAlias: 'a', targetAlias: 'b', syncsAt: 'target' },
  isolation: 'read-uncommitted',
  isTransactional: false,
};
const copiedOf = (orders: number): SweptOffsets => new Map([['orders', Float64Array.of(orders)]]);

const PROBE = 'probe-ab';

const watched = async (
  topics: readonly string[],
  positions: HandMirror['positions'] = new Map(),
  { isProbed = false } = {},
) => {
  const clock = new VirtualClock();
  const options = { cluster: clusterId('a'), timeoutMs: 400, superUsers: ['User:admin'] };
  const kafka = new InMemoryKafka(options, clock).createTopic('orders').createTopic('orders.eu').createTopic('other');
  kafka.createTopic(PROBE);
  const { log } = openInMemory(kafka);
  const target = new InMemoryKafka({ ...options, cluster: clusterId('b') }, clock)
    .createTopic('orders')
    .createTopic(SYNCS)
    .createTopic(PROBE);
  const targetLog = openInMemory(target).log;
  const mirror = new HandMirror();
  mirror.positions = positions;
  const readiness = new ProcessReadiness(new InMemoryLog(), clock);
  const parts = {
    flow: flowId('a-to-b'),
    source: clusterId('a'),
    topics,
    sourceLog: log,
    sourceWhole: new InMemoryWholeLog(kafka, 'User:admin'),
    positions: mirror,
  };
  const sides = {
    manner,
    sourceSweep: new InMemoryOffsetSweep(kafka, 'User:admin'),
    targetSweep: new InMemoryOffsetSweep(target, 'User:admin'),
    syncs: new OffsetSyncs(targetLog, SYNCS),
    checkpoints: new GroupCheckpoints(targetLog, 'a.checkpoints.internal'),
  };
  const runtime = { clock, random: new SystemRandom(), readiness, metrics: new Metrics() };
  const probed = { flow: parts.flow, topic: PROBE, copy: PROBE, sourceLog: log, targetLog };
  const probe = isProbed ? new FlowProbe(probed, runtime, { writeEveryMs: 2_000, lookEveryMs: 1_000 }) : undefined;
  const watch = new FlowWatch({ ...parts, ...sides, probe }, clock, readiness, 1_000);
  watch.start();
  await clock.advance(1_000);
  const append = (topic: string) => log.append(topic, 0, [{ value: Buffer.from('x') }]);
  const sync = (upstream: number, downstream: number) =>
    targetLog.append(SYNCS, 0, [
      { key: offsetSyncKey({ topic: 'orders', partition: 0 }), value: offsetSyncValue({ upstream, downstream }) },
    ]);
  const lag = () => watch.lag(clock.monotonicMs());
  let probesCopied = 0;
  const copyProbes = async () => {
    const written = kafka.partition(PROBE, 0);
    for (; probesCopied < written.length; probesCopied++) await targetLog.append(PROBE, 0, [written[probesCopied]!]);
  };
  return { clock, kafka, target, mirror, readiness, append, sync, watch, lag, copyProbes };
};

describe('the watch on a flow', () => {
  it('measures exactly the topics of the flow', async () => {
    const { clock, append, lag } = await watched(['orders*']);
    await append('orders');
    await append('orders.eu');
    await append('other');
    await clock.advance(2_000);
    expect(lag()).toMatchObject({ lagRecords: 2, lagMs: 1_000 });
  });

  it('keeps the last sample of a lost source, and lets it grow old', async () => {
    const { clock, kafka, append, lag, mirror } = await watched(['orders']);
    await append('orders');
    await clock.advance(1_000);
    kafka.condition = 'killed';
    await clock.advance(10_000);
    expect(lag()).toMatchObject({ lagRecords: 1, sampleAgeMs: 10_000 });
    mirror.positions = copiedOf(1);
    await clock.advance(1_000);
    expect(lag()).toMatchObject({ lagRecords: 0, lagMs: 0, sampleAgeMs: 11_000 });
  });

  it('misses nothing while there is no mirror, and has no lag of it', async () => {
    const { clock, mirror, append, readiness, lag } = await watched(['orders'], 'none yet');
    await append('orders');
    await clock.advance(5_000);
    expect(lag()).toBeUndefined();
    expect(readiness.report().components['position of flow a-to-b']).toEqual({ state: 'ready' });
    mirror.positions = copiedOf(1);
    await clock.advance(1_000);
    expect(lag()).toMatchObject({ lagRecords: 0 });
  });

  it('knows no lag while the mirror has never told its position, and says what is missing', async () => {
    const { clock, mirror, readiness, lag } = await watched(['orders']);
    expect(lag()).toBeDefined();
    mirror.positions = undefined;
    await clock.advance(5_000);
    expect(lag()?.sampleAgeMs).toBe(5_000);
    expect(readiness.report().components['position of flow a-to-b']).toMatchObject({ state: 'missing' });
  });

  it('goes on by the offset syncs while Connect is silent, and grows old without them', async () => {
    const { clock, target, mirror, append, sync, watch, lag } = await watched(['orders']);
    mirror.positions = undefined;
    await append('orders');
    await append('orders');
    await sync(0, 0);
    await clock.advance(2_000);
    expect(lag()).toMatchObject({ lagRecords: 1 });
    expect(lag()?.sampleAgeMs).toBeLessThanOrEqual(1_000);
    expect(watch.sample(clock.monotonicMs())?.problems).toMatchObject([{ kind: 'mirror-silent' }]);
    target.condition = 'killed';
    await clock.advance(9_000);
    expect(lag()?.sampleAgeMs).toBeGreaterThanOrEqual(9_000);
  });

  it('names a topic that the target does not have', async () => {
    const { clock, append, watch } = await watched(['orders', 'other']);
    await append('other');
    await clock.advance(2_000);
    expect(watch.sample(clock.monotonicMs())?.problems).toMatchObject([
      { kind: 'target-topic-missing', where: 'other' },
    ]);
  });

  it('never finds a dead link perfect, though Connect and both ends say that all was copied', async () => {
    const { clock, kafka, watch, lag, copyProbes } = await watched(['orders'], undefined, { isProbed: true });
    for (let round = 0; round < 10; round++) {
      await clock.advance(2_000);
      await copyProbes();
    }
    await clock.advance(1_000);
    expect(lag()).toMatchObject({ lagRecords: 0, sampleAgeMs: 0 });
    const deadSinceMs = clock.monotonicMs();
    await clock.advance(20_000);
    expect(lag()).toMatchObject({ lagRecords: 0, lagMs: 0 });
    expect(lag()?.sampleAgeMs).toBeGreaterThan(15_000);
    expect(watch.lag(deadSinceMs)?.sampleAgeMs).toBe(0);
    expect(watch.sample(clock.monotonicMs())?.problems).toMatchObject([{ kind: 'probe-not-copied', where: PROBE }]);
    await copyProbes();
    await clock.advance(1_000);
    expect(lag()).toMatchObject({ sampleAgeMs: 0 });
    // Fenced: nothing is written any more, and what is not there is missed by nobody.
    kafka.condition = 'leaderless';
    await copyProbes();
    await clock.advance(60_000);
    expect(lag()).toMatchObject({ sampleAgeMs: 0 });
    expect(watch.sample(clock.monotonicMs())?.problems).toEqual([]);
  });

  it('says nothing of a probe where the flow has none', async () => {
    const { clock, kafka, lag } = await watched(['orders']);
    await clock.advance(60_000);
    expect(lag()).toMatchObject({ sampleAgeMs: 0 });
    expect(kafka.partition(PROBE, 0)).toEqual([]);
  });
});
