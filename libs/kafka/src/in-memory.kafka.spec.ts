import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { accessRulesConformance } from './access-rules.conformance.js';
import type { AccessRule } from './access-rules.js';
import { consumerGroupsConformance } from './consumer-groups.conformance.js';
import { InMemoryKafka } from './in-memory.kafka.js';
import { openInMemory } from './in-memory.kafka-cluster.js';
import { topicConfigsConformance } from './topic-configs.conformance.js';
import { topicLogConformance } from './topic-log.conformance.js';

const clock = new SystemClock();
const kafka = (openByDefault: boolean) =>
  new InMemoryKafka({ cluster: clusterId('a'), timeoutMs: 10, openByDefault, superUsers: ['User:admin'] }, clock);
const rule = (permission: 'allow' | 'deny', principal: string, operation: 'all' | 'read' | 'write'): AccessRule => ({
  permission,
  principal,
  operation,
  topic: 'orders',
  match: 'prefixed',
  host: '*',
});

describe('in-memory Kafka', () => {
  topicLogConformance(async () => openInMemory(kafka(false).createTopic('conformance', 2)).log);
  accessRulesConformance(async () => openInMemory(kafka(false)).rules);
  topicConfigsConformance(
    async () => openInMemory(kafka(false).createTopic('configured').createTopic('configured-too')).configs,
  );
  consumerGroupsConformance(async () => {
    const cluster = kafka(false);
    const join = async (group: string) => {
      cluster.occupied.add(group);
      return async () => void cluster.occupied.delete(group);
    };
    return { groups: openInMemory(cluster).groups, topic: 'conformance', join };
  });

  it('lets a deny win over an allow, and super users pass', async () => {
    const cluster = kafka(false).createTopic('orders');
    const app = openInMemory(cluster, 'User:app').log;
    const record = [{ value: Buffer.from('x') }];
    const refused = { outcome: 'refused', reason: 'TOPIC_AUTHORIZATION_FAILED' };
    expect(await app.append('orders', 0, record)).toEqual(refused);

    const rules = openInMemory(cluster).rules;
    await rules.add([rule('allow', 'User:app', 'all')]);
    expect(await app.append('orders', 0, record)).toEqual({ outcome: 'appended', offset: 0n });

    await rules.add([rule('deny', 'User:*', 'write')]);
    expect(await app.append('orders', 0, record)).toEqual(refused);
    expect(await app.read('orders', 0, 0n, { waitMs: 1 })).toHaveLength(1);
    expect(await openInMemory(cluster).log.append('orders', 0, record)).toMatchObject({ offset: 1n });
  });

  it('shuts everybody out of an open cluster once any rule matches', async () => {
    const cluster = kafka(true).createTopic('orders');
    const app = openInMemory(cluster, 'User:app').log;
    expect(await app.endOffsets('orders')).toEqual(new Map([[0, 0n]]));
    await openInMemory(cluster).rules.add([rule('deny', 'User:*', 'write')]);
    await expect(app.endOffsets('orders')).rejects.toMatchObject({ reason: 'TOPIC_AUTHORIZATION_FAILED' });
  });

  it('tells a write without an answer from one that was never sent', async () => {
    const cluster = kafka(true).createTopic('orders');
    const log = openInMemory(cluster).log;
    cluster.condition = 'frozen';
    await expect(log.append('orders', 0, [])).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
    await expect(log.endOffsets('orders')).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    cluster.condition = 'killed';
    await expect(log.append('orders', 0, [])).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });
});
