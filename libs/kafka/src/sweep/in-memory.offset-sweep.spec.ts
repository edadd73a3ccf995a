import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { InMemoryKafka } from '../in-memory.kafka.js';
import { openInMemory } from '../in-memory.kafka-cluster.js';
import { InMemoryOffsetSweep } from './in-memory.offset-sweep.js';
import { offsetSweepConformance } from './offset-sweep.conformance.js';

const kafka = () =>
  new InMemoryKafka({ cluster: clusterId('a'), timeoutMs: 10, superUsers: ['User:admin'] }, new SystemClock());

describe('in-memory sweep', () => {
  offsetSweepConformance(async () => {
    const cluster = kafka().createTopic('swept', 3).createTopic('swept-too');
    return { sweep: new InMemoryOffsetSweep(cluster, 'User:admin'), log: openInMemory(cluster).log };
  });

  it('shows nothing of what the principal may not describe, and says when nobody answers', async () => {
    const cluster = kafka().createTopic('orders');
    const sweep = new InMemoryOffsetSweep(cluster, 'User:app');
    expect((await sweep.ends(['orders'], 'read-uncommitted')).size).toBe(0);
    cluster.condition = 'killed';
    await expect(sweep.ends(['orders'], 'read-uncommitted')).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });
});
