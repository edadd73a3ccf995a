import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { InMemoryKafka } from '../in-memory.kafka.js';
import { openInMemory } from '../in-memory.kafka-cluster.js';
import { checkpointKey, checkpointValue } from '../mirrormaker/checkpoint.js';
import { GroupCheckpoints } from './group-checkpoints.js';

const TOPIC = 'a.checkpoints.internal';

describe('checkpoints of groups', () => {
  it('are the latest of each group and partition, until they are deleted', async () => {
    const options = { cluster: clusterId('b'), timeoutMs: 10, superUsers: ['User:admin'] };
    const { log } = openInMemory(new InMemoryKafka(options, new SystemClock()).createTopic(TOPIC));
    const checkpoints = new GroupCheckpoints(log, TOPIC);
    const place = (group: string) => ({ group, topic: 'orders', partition: 0 });
    const write = (group: string, upstream: number) => {
      const value = checkpointValue({ upstream, downstream: upstream - 5, metadata: '' });
      return log.append(TOPIC, 0, [{ key: checkpointKey(place(group)), value }]);
    };
    await write('billing', 10);
    await write('billing', 20);
    await write('shipping', 7);
    expect(await checkpoints.follow()).toBe(true);
    expect(checkpoints.latest()).toEqual([
      { ...place('billing'), upstream: 20, downstream: 15, metadata: '' },
      { ...place('shipping'), upstream: 7, downstream: 2, metadata: '' },
    ]);
    await log.append(TOPIC, 0, [{ key: checkpointKey(place('billing')), value: null }]);
    await checkpoints.follow();
    expect(checkpoints.latest().map(({ group }) => group)).toEqual(['shipping']);
  });
});
