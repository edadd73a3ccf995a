import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clock, until } from '../../../test/lab/condition.js';
import { jaas } from '../../../test/lab/credentials.js';
import { java, runJava } from '../../../test/lab/java.js';
import { kafkaClient, withAdmin } from '../../../test/lab/kafka.js';
import { Lab } from '../../../test/lab/lab.js';
import { PORTS } from '../../../test/lab/layout.js';
import { createTopic, labAccess } from '../../../test/support/lab-kafka.js';
import { accessRulesConformance } from './access-rules.conformance.js';
import type { AccessRule } from './access-rules.js';
import { consumerGroupsConformance } from './consumer-groups.conformance.js';
import { copyingConformance } from './copying/copying.conformance.js';
import { openCopying, type OpenCopying } from './copying/open-copying.js';
import { openCluster, type KafkaCluster } from './kafka-cluster.js';
import { offsetSweepConformance } from './sweep/offset-sweep.conformance.js';
import { openSweep, type OpenSweep } from './sweep/open-sweep.js';
import { topicConfigsConformance } from './topic-configs.conformance.js';
import { topicLogConformance } from './topic-log.conformance.js';

const SOON_MS = 60_000;
const COMPRESSED = 200;
const RECORD_BYTES = 100;
const record = [{ value: Buffer.from('x') }];

describe('a real Kafka cluster', () => {
  let lab: Lab;
  const opened: (KafkaCluster | OpenSweep | OpenCopying)[] = [];
  const open = (...who: Parameters<typeof labAccess> extends [unknown, ...infer Rest] ? Rest : never) => {
    const cluster = openCluster(labAccess(lab, ...who));
    opened.push(cluster);
    return cluster;
  };

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka'] });
    await createTopic(lab, 'a', 'conformance', 2);
    await createTopic(lab, 'a', 'swept', 3);
    await createTopic(lab, 'a', 'swept-too', 1);
    await createTopic(lab, 'a', 'configured', 1);
    await createTopic(lab, 'a', 'configured-too', 1);
  }, 300_000);

  afterAll(async () => {
    await Promise.all(opened.map((cluster) => cluster.close()));
    await lab?.down();
  });

  topicLogConformance(async () => open('a', 'admin').log);
  accessRulesConformance(async () => open('a', 'admin').rules);
  topicConfigsConformance(async () => open('a', 'admin').configs);
  offsetSweepConformance(async () => {
    const swept = openSweep(labAccess(lab, 'a', 'admin'), clock);
    opened.push(swept);
    return { sweep: swept.sweep, log: open('a', 'admin').log };
  });

  const copying = () => {
    const open = openCopying(labAccess(lab, 'a', 'admin'), clock);
    opened.push(open);
    return open;
  };
  copyingConformance(async () => copying());

  it('shows no record of a transaction that was taken back, nor of one that is not decided', async () => {
    const topic = 'transactions';
    await createTopic(lab, 'a', topic, 1);
    const kafka = kafkaClient(lab.layout, lab.run, 'a', 'admin', PORTS.kafkaAdmin);
    const producer = kafka.producer({
      transactionalId: 'of-a-user',
      maxInFlightRequests: 1,
      idempotent: true,
      retry: { retries: 5 },
    });
    await until('a producer connects', SOON_MS, () => producer.connect());
    const write = async (value: string, end: 'commit' | 'abort' | 'leave-open') => {
      const transaction = await until('a transaction begins', SOON_MS, () => producer.transaction());
      await transaction.send({ topic, messages: [{ value }] });
      if (end !== 'leave-open') await transaction[end]();
      return transaction;
    };
    await write('kept', 'commit');
    await write('taken back', 'abort');
    await write('kept too', 'commit');
    const open = await write('undecided', 'leave-open');
    const { log } = copying();
    await until('the markers are written', SOON_MS, async () => {
      const { records, aborted, stableEnd, end } = await log.read(topic, 0, 0);
      expect(records.map(({ value }) => String(value))).toEqual(['kept', 'kept too']);
      expect({ aborted, stableEnd, end }).toEqual({ aborted: 1, stableEnd: 6, end: 7 });
    });
    const everything = await log.read(topic, 0, 0, { isolation: 'read-uncommitted' });
    expect(everything.records.map(({ value }) => String(value))).toEqual([
      'kept',
      'taken back',
      'kept too',
      'undecided',
    ]);
    await open.abort();
    await producer.disconnect();
  });

  it('tells its quorum leader, its partitions and its topics', async () => {
    const { state, log } = open('a', 'signalbox');
    expect(await state.quorumLeader()).toBe(1);
    expect(await state.partitionHealth()).toMatchObject({ offline: 0, underMinIsr: 0 });
    expect(state.certificateEnd()).toBeUndefined();
    expect(await log.topics()).toEqual(expect.arrayContaining(['orders', 'signalbox.canary']));
  });

  it('refuses a write, on a connection that wrote before, soon after a deny was added', async () => {
    const app = open('a', 'app').log;
    const { rules } = open('a', 'admin');
    const deny: AccessRule = {
      permission: 'deny',
      principal: 'User:*',
      operation: 'write',
      topic: 'orders',
      match: 'literal',
      host: '*',
    };
    expect(await app.append('orders', 0, record)).toMatchObject({ outcome: 'appended' });
    await rules.add([deny]);
    const refused = { outcome: 'refused', reason: 'TOPIC_AUTHORIZATION_FAILED' };
    await until('the deny is in force', SOON_MS, async () =>
      expect(await app.append('orders', 0, record)).toEqual(refused),
    );
    await rules.remove([deny]);
    await until('the deny is lifted', SOON_MS, async () =>
      expect(await app.append('orders', 0, record)).toMatchObject({ outcome: 'appended' }),
    );
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what a Java producer compressed with %s', async (codec) => {
    const topic = `compressed-${codec}`;
    await createTopic(lab, 'a', topic, 1);
    await produceByJava(topic, codec);
    const { log } = open('a', 'admin');
    const records: number[] = [];
    await until('all records are read', SOON_MS, async () => {
      const read = await log.read(topic, 0, BigInt(records.length), { waitMs: 100 });
      records.push(...read.map(({ value }) => value?.length ?? 0));
      expect(records).toEqual(Array.from({ length: COMPRESSED }, () => RECORD_BYTES));
    });
  });

  async function produceByJava(topic: string, codec: string): Promise<void> {
    const settings = {
      'bootstrap.servers': labAccess(lab, 'a', 'admin')
        .bootstrap.map(({ host, port }) => `${host}:${port}`)
        .join(','),
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas(lab.run, 'admin'),
      'compression.type': codec,
      'linger.ms': '200',
    };
    const text = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const config = lab.run.write(text.join('\n'), `${topic}.properties`);
    const tool = 'org.apache.kafka.tools.ProducerPerformance';
    const amount = ['--num-records', String(COMPRESSED), '--record-size', String(RECORD_BYTES), '--throughput', '-1'];
    await runJava(java(lab.run, topic, 'none', [tool, '--topic', topic, ...amount, '--producer.config', config]));
  }

  consumerGroupsConformance(async () => {
    await createTopic(lab, 'a', 'grouped', 2);
    const { groups, log } = open('a', 'admin');
    // Where a commit is beyond the end, kafkajs takes it back as soon as it has looked (`OffsetManager.setDefaultOffset`).
    const records = Array.from({ length: 10 }, () => ({ value: Buffer.from('x') }));
    for (const partition of [0, 1]) {
      const { outcome } = await log.append('grouped', partition, records);
      if (outcome !== 'appended') throw new Error(`grouped-${partition} took no records`);
    }
    const client = kafkaClient(lab.layout, lab.run, 'a', 'admin', PORTS.kafkaAdmin);
    const join = async (groupId: string) => {
      const consumer = client.consumer({ groupId, retry: { retries: 5 } });
      await until('a consumer joins', SOON_MS, async () => {
        await consumer.connect();
        await consumer.subscribe({ topic: 'grouped' });
        await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
      });
      return () => consumer.disconnect();
    };
    return { groups, topic: 'grouped', join };
  });

  it('reads what a consumer of another client has committed', async () => {
    await createTopic(lab, 'a', 'read-by-others', 1);
    await until('a group can commit', SOON_MS, () =>
      withAdmin(lab.layout, lab.run, 'a', (admin) =>
        admin.setOffsets({
          groupId: 'orders-app',
          topic: 'read-by-others',
          partitions: [{ partition: 0, offset: '1' }],
        }),
      ),
    );
    const commits = await open('a', 'admin').groups.commits(['orders-app']);
    expect(commits.get('orders-app')).toMatchObject([{ topic: 'read-by-others', partition: 0, offset: 1 }]);
  });

  it('names cluster and principal when a login is refused, and not the password', async () => {
    const { log } = open('a', 'signalbox', 'wrong-password');
    const refusal = await log.partitions('orders').catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ code: 'SB_KAFKA_AUTHENTICATION', retryable: false });
    expect(String(refusal)).toContain('cluster kafka-a as signalbox');
    expect(`${String(refusal)} ${JSON.stringify(refusal)}`).not.toContain('wrong-password');
  });

  it('ends every call in time while the broker is frozen, and works on when it is back', async () => {
    const cluster = open('a', 'admin');
    const before = await cluster.log.append('orders', 0, record);
    expect(before.outcome).toBe('appended');
    lab.freeze('a');
    try {
      await expect(cluster.log.append('orders', 0, record)).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
      await expect(cluster.log.endOffsets('orders')).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
      await expect(cluster.state.quorumLeader()).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    } finally {
      lab.thaw('a');
    }
    await until('it takes writes again', SOON_MS, async () =>
      expect(await cluster.log.append('orders', 0, record)).toMatchObject({ outcome: 'appended' }),
    );
  });

  it('tells that a killed broker cannot be reached, and works on when it is back', async () => {
    const cluster = open('b', 'admin');
    await cluster.log.append('orders', 0, record);
    await lab.holdProcess('b', 'kafka');
    // The first call may still be sent: the socket's end has not been noticed yet.
    await expect(cluster.log.append('orders', 0, record)).rejects.toMatchObject({
      code: expect.stringMatching(/^SB_/),
    });
    await expect(cluster.log.append('orders', 0, record)).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await expect(cluster.rules.list()).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    lab.releaseProcess('b', 'kafka');
    await until('it takes writes again', SOON_MS, async () =>
      expect(await cluster.log.append('orders', 0, record)).toMatchObject({ outcome: 'appended' }),
    );
  });
});
