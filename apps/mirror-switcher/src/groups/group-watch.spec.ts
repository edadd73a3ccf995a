import { describe, expect, it } from '@jest/globals';
import { clusterId, type Positions } from '#libs/domain';
import { InMemoryKafka, KafkaRefusedError, openInMemory, type GroupCommit } from '#libs/kafka';
import { InMemoryLog, SystemClock } from '#libs/runtime';
import { GroupWatch } from './group-watch.js';

describe(GroupWatch.name, () => {
  const clock = new SystemClock();
  const options = { cluster: clusterId('a'), timeoutMs: 10, superUsers: ['User:admin'] };
  const commit = (topic: string, partition: number, offset: number): GroupCommit => ({
    topic,
    partition,
    offset,
    metadata: '',
  });

  const stage = () => {
    const kafka = new InMemoryKafka(options, clock);
    const log = new InMemoryLog();
    let remembered: ReadonlyMap<string, Positions> = new Map();
    const watched = {
      flow: 'a-to-b',
      source: openInMemory(kafka).groups,
      sourceGroups: {
        all: async () => remembered,
        remember: async (seen: ReadonlyMap<string, Positions>) => void (remembered = seen),
      },
      isFollowed: (group: string) => !group.startsWith('connect-'),
      isCopied: (topic: string) => topic === 'orders',
    };
    const watch = new GroupWatch([], { clock, log });
    return { kafka, log, watched, look: () => watch.look(watched), remembered: () => Object.fromEntries(remembered) };
  };

  it('remembers which partitions of the flow each group consumes, and forgets one that is there no more', async () => {
    const { kafka, look, remembered } = stage();
    kafka.committed.set('billing', [commit('orders', 0, 7), commit('payments', 0, 3)]);
    kafka.committed.set('others', [commit('payments', 0, 3)]);
    kafka.committed.set('connect-sink', [commit('orders', 0, 1)]);
    await look();
    expect(remembered()).toEqual({ billing: { 'orders-0': 7 } });
    kafka.committed.delete('billing');
    await look();
    expect(remembered()).toEqual({});
  });

  it('forgets nobody because a source is lost, or because it may no longer see them', async () => {
    const { kafka, log, watched, look, remembered } = stage();
    kafka.committed.set('billing', [commit('orders', 0, 7)]);
    await look();
    kafka.condition = 'killed';
    await look();
    expect(log.lines).toEqual([]);
    kafka.condition = 'serving';
    watched.source.list = async () => [];
    watched.source.commits = async () => {
      throw new KafkaRefusedError('GROUP_AUTHORIZATION_FAILED for its groups.', 'GROUP_AUTHORIZATION_FAILED');
    };
    await look();
    await look();
    expect(remembered()).toEqual({ billing: { 'orders-0': 7 } });
    expect(log.lines).toHaveLength(1);
  });
});
