import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { InMemoryKafka } from '../in-memory.kafka.js';
import { openInMemory } from '../in-memory.kafka-cluster.js';
import { offsetSyncKey, offsetSyncValue } from '../mirrormaker/offset-sync.js';
import { OffsetSyncs } from './offset-syncs.js';

const TOPIC = 'mm2-offset-syncs.a.internal';

const followed = () => {
  const options = { cluster: clusterId('b'), timeoutMs: 10, superUsers: ['User:admin'] };
  const kafka = new InMemoryKafka(options, new SystemClock()).createTopic(TOPIC);
  const { log } = openInMemory(kafka);
  const sync = (upstream: number, downstream: number) => ({
    key: offsetSyncKey({ topic: 'orders', partition: 0 }),
    value: offsetSyncValue({ upstream, downstream }),
  });
  return {
    kafka,
    syncs: new OffsetSyncs(log, TOPIC),
    write: (...pair: [number, number]) => log.append(TOPIC, 0, [sync(...pair)]),
  };
};

describe('offset syncs', () => {
  it('are followed from the beginning, and from where they were left', async () => {
    const { syncs, write } = followed();
    await write(10, 4);
    expect(await syncs.follow()).toBe(true);
    expect(syncs.trail.at('orders', 0)).toMatchObject({ copiedAtLeast: 11, isCountable: false });
    await write(1_010, 1_004);
    expect(await syncs.follow()).toBe(true);
    expect(syncs.trail.at('orders', 0)).toMatchObject({ copiedAtLeast: 1_011, downstream: 1_004, isCountable: true });
    expect(await syncs.follow()).toBe(true);
  });

  it('are forgotten when their topic was created anew', async () => {
    const { kafka, syncs, write } = followed();
    await write(10, 4);
    await write(20, 14);
    await syncs.follow();
    kafka.createTopic(TOPIC);
    await write(3, 1);
    await syncs.follow();
    expect(syncs.trail.at('orders', 0)).toMatchObject({ copiedAtLeast: 4, isCountable: false });
  });
});
