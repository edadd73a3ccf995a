import { beforeEach, describe, expect, it } from '@jest/globals';
import { clusterId, epoch, NEVER_STAMPED, type Epoch, type Positions } from '#libs/domain';
import {
  checkpointKey,
  checkpointValue,
  GroupCheckpoints,
  InMemoryKafka,
  InMemoryTransactionalWriter,
  openInMemory,
  type KafkaCluster,
} from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { FlowGroups } from './flow-groups.js';
import { SEEDED_OLDEST, SEEDED_TRANSLATED } from './group-places.js';
import { SourceGroups } from './source-groups.js';

const CHECKPOINTS = 'a.checkpoints.internal';
const soon = () => AbortSignal.timeout(5_000);

/** As a connector of our own keeps it. */
class Marker {
  private stamped: Epoch = NEVER_STAMPED;

  read(): Promise<Epoch> {
    return Promise.resolve(this.stamped);
  }

  stamp(next: Epoch, seen: Epoch): Promise<boolean> {
    if (seen !== this.stamped) return Promise.resolve(false);
    this.stamped = next;
    return Promise.resolve(true);
  }
}

/** A target with ten records in each of two partitions, and what is known of the groups of its source. */
class Stage {
  readonly kafka: InMemoryKafka;
  readonly target: KafkaCluster;
  readonly sourceGroups: SourceGroups;
  readonly resource: FlowGroups;

  constructor() {
    const options = { cluster: clusterId('b'), timeoutMs: 10, superUsers: ['User:admin'] };
    this.kafka = new InMemoryKafka(options, new SystemClock()).createTopic('orders', 2).createTopic(CHECKPOINTS);
    this.target = openInMemory(this.kafka);
    const { log, groups } = this.target;
    this.sourceGroups = new SourceGroups(log, new InMemoryTransactionalWriter(this.kafka, 'User:admin'), 'ab', () => 0);
    this.resource = new FlowGroups(new Marker(), {
      sourceGroups: this.sourceGroups,
      checkpoints: new GroupCheckpoints(log, CHECKPOINTS),
      target: { log, groups },
      targetTopic: (topic) => topic,
      isFollowed: (group) => group !== 'left-out',
    });
  }

  async fill(): Promise<this> {
    const ten = Array.from({ length: 10 }, () => ({ value: Buffer.from('x') }));
    for (const partition of [0, 1]) await this.target.log.append('orders', partition, ten);
    return this;
  }

  consumed(places: Readonly<Record<string, Positions>>): Promise<void> {
    return this.sourceGroups.remember(new Map(Object.entries(places)));
  }

  async translated(group: string, partition: number, downstream: number): Promise<void> {
    const key = checkpointKey({ group, topic: 'orders', partition });
    const value = checkpointValue({ upstream: downstream, downstream, metadata: '' });
    await this.target.log.append(CHECKPOINTS, 0, [{ key, value }]);
  }

  committed(group: string, partition: number, offset: number): void {
    const before = this.kafka.committed.get(group) ?? [];
    this.kafka.committed.set(group, [...before, { topic: 'orders', partition, offset, metadata: '' }]);
  }

  /** `partition: offset` of each commit. */
  placesOf(group: string): Readonly<Record<string, number>> {
    const commits = this.kafka.committed.get(group) ?? [];
    return Object.fromEntries(commits.map(({ partition, offset }) => [String(partition), offset]));
  }

  async seed(): Promise<string> {
    return this.resource.write(await this.resource.read(soon()), 'seeded', epoch(1), soon());
  }
}

describe(FlowGroups.name, () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await new Stage().fill();
  });

  it('has a group without a translated offset go on at the oldest record, and says so beside the offset', async () => {
    await stage.consumed({ billing: { 'orders-0': 7, 'orders-1': 3 } });
    expect(await stage.resource.read(soon())).toMatchObject({ value: 'unseeded' });
    expect(await stage.seed()).toBe('written');
    expect(stage.placesOf('billing')).toEqual({ 0: 0, 1: 0 });
    expect(stage.kafka.committed.get('billing')?.[0]?.metadata).toBe(SEEDED_OLDEST);
    const { holds, exception, observed } = await stage.resource.verify('seeded', soon());
    expect({ holds, exception }).toEqual({ holds: true, exception: undefined });
    expect(observed).toMatchObject({ groups: 1, inOrder: 0, others: [{ group: 'billing', rereadMaxRecords: 20 }] });
  });

  it('writes the translation that MirrorMaker 2 had not come to write, and takes none that is beyond the log', async () => {
    await stage.translated('billing', 0, 8);
    await stage.translated('billing', 1, 4_000);
    await stage.translated('left-out', 0, 8);
    expect(await stage.seed()).toBe('written');
    expect(stage.placesOf('billing')).toEqual({ 0: 8, 1: 0 });
    expect(stage.kafka.committed.get('billing')?.map(({ metadata }) => metadata)).toEqual([
      SEEDED_TRANSLATED,
      SEEDED_OLDEST,
    ]);
    expect(stage.placesOf('left-out')).toEqual({});
  });

  it('sets no group back, nor forth: a place that it has is its own', async () => {
    await stage.consumed({ billing: { 'orders-0': 7, 'orders-1': 7 } });
    await stage.translated('billing', 0, 6);
    stage.committed('billing', 0, 9);
    expect(await stage.seed()).toBe('written');
    expect(stage.placesOf('billing')).toEqual({ 0: 9, 1: 0 });
  });

  it('leaves a group with members alone, and names what it may skip', async () => {
    await stage.consumed({ billing: { 'orders-0': 7 }, shipping: { 'orders-1': 7 } });
    stage.kafka.occupied.add('billing');
    expect(await stage.seed()).toBe('written');
    expect(stage.placesOf('billing')).toEqual({});
    expect(stage.placesOf('shipping')).toEqual({ 1: 0 });
    const { holds, exception } = await stage.resource.verify('seeded', soon());
    expect(holds).toBe(true);
    expect(exception).toMatch(/billing \(latest skips up to 10 records\).*--reset-offsets/);
  });

  it('only lists them where nothing is expected', async () => {
    await stage.consumed({ billing: { 'orders-0': 7 } });
    const { holds, exception } = await stage.resource.verify(undefined, soon());
    expect(holds).toBe(true);
    expect(exception).toMatch(/billing/);
    expect(stage.placesOf('billing')).toEqual({});
  });

  it('names partitions that the target has no copy of, and goes on without them', async () => {
    await stage.consumed({ billing: { 'orders-0': 7, 'orders-5': 7, 'gone-0': 1 } });
    expect(await stage.seed()).toBe('written');
    expect(stage.placesOf('billing')).toEqual({ 0: 0 });
    const { exception } = await stage.resource.verify('seeded', soon());
    expect(exception).toMatch(/no copy of: billing \(2 partitions\)/);
  });

  it('does not know what became of it when the coordinator is lost in the middle, and does the rest the next time', async () => {
    await stage.consumed({ billing: { 'orders-0': 7 }, shipping: { 'orders-1': 7 } });
    const { groups } = stage.target;
    const commit = groups.commit.bind(groups);
    groups.commit = async (group, commits) => {
      const outcome = await commit(group, commits);
      stage.kafka.condition = 'killed';
      return outcome;
    };
    expect(await stage.seed()).toBe('unknown');
    stage.kafka.condition = 'serving';
    groups.commit = commit;
    expect(await stage.seed()).toBe('written');
    expect([stage.placesOf('billing'), stage.placesOf('shipping')]).toEqual([{ 0: 0 }, { 1: 0 }]);
  });

  it('knows the groups of its source from what was written, not from what it remembers', async () => {
    await stage.consumed({ billing: { 'orders-0': 7 }, gone: { 'orders-0': 7 } });
    await stage.consumed({ billing: { 'orders-0': 8 } });
    const writer = new InMemoryTransactionalWriter(stage.kafka, 'User:admin');
    const another = (flow: string) => new SourceGroups(stage.target.log, writer, flow, () => 0);
    // That it has moved on is no news worth a record each time.
    expect(await another('ab').all()).toEqual(new Map([['billing', { 'orders-0': 7 }]]));
    expect(await another('ba').all()).toEqual(new Map());
  });
});

fencedResourceConformance('groups of a flow', async () => {
  const stage = await new Stage().fill();
  await stage.consumed({ billing: { 'orders-0': 7 } });
  return { resource: stage.resource, values: ['unseeded', 'seeded'], end: () => Promise.resolve() };
});
