import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, siteId, type FencedResource } from '#libs/domain';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { InMemoryLog, SystemClock } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { until } from '../../../../test/lab/condition.js';
import { connectCall } from '../../../../test/lab/connect.js';
import { jaas } from '../../../../test/lab/credentials.js';
import { createIdentities } from '../../../../test/lab/identities.js';
import { java, runJava } from '../../../../test/lab/java.js';
import { kafkaClient } from '../../../../test/lab/kafka.js';
import { Lab } from '../../../../test/lab/lab.js';
import { PORTS, type KafkaSite } from '../../../../test/lab/layout.js';
import { writeTopology } from '../../../../test/lab/topology-file.js';
import { labAccess } from '../../../../test/support/lab-kafka.js';
import { mirrors } from '../mirrors.js';
import { openFlows, type OpenFlow } from '../open-flows.js';
import { GroupWatch } from './group-watch.js';
import { watchedGroups } from './local-groups.js';

const TOPIC = 'orders';
const FLOW = 'a-to-b';
const SOON_MS = 90_000;
const PARTITIONS = [0, 1, 2];
const EACH = 5;
const ALL = PARTITIONS.length * EACH;
const CALL_TIMEOUT_MS = 5_000;
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(SOON_MS);

/** Each test begins where the one before ended: groups of both protocols and of two clients at a site that is lost then. */
describe('consumer groups of a lost site', () => {
  let lab: Lab;
  let flows: readonly OpenFlow[];
  let a: KafkaCluster;
  let b: KafkaCluster;
  let resource: FencedResource<unknown>;

  /** As an application does: reads what is there, and leaves its place behind. Every protocol has a client of its own. */
  const consumeByJava = async (site: KafkaSite, group: string, protocol: 'classic' | 'consumer') => {
    const settings = {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas(lab.run, 'app'),
      'group.protocol': protocol,
      'auto.offset.reset': site === 'a' ? 'earliest' : 'latest',
    };
    const name = `${site}.${group}`;
    const text = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    const config = lab.run.write(text.join('\n'), `${name}.properties`);
    const { clientAddress } = lab.site(site).kafka;
    const amount = ['--max-messages', String(ALL), '--timeout-ms', '40000'];
    const where = ['--bootstrap-server', clientAddress, '--topic', TOPIC, '--group', group];
    const tool = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
    await runJava(java(lab.run, name, 'none', [tool, ...where, ...amount, '--consumer.config', config]));
  };
  const consumeByKafkajs = async (site: KafkaSite, groupId: string) => {
    const consumer = kafkaClient(lab.layout, lab.run, site, 'app', PORTS.kafkaClient).consumer({
      groupId,
      retry: { retries: 5 },
    });
    let count = 0;
    await until('a consumer joins', SOON_MS, async () => {
      await consumer.connect();
      await consumer.subscribe({ topic: TOPIC, fromBeginning: site === 'a' });
      await consumer.run({ eachMessage: async () => void (count += 1) });
    });
    try {
      await until(`${groupId} has read all`, SOON_MS, async () => expect(count).toBe(ALL));
    } finally {
      await consumer.disconnect();
    }
  };
  const placesOf = async ({ groups }: KafkaCluster, group: string) => {
    const commits = (await groups.commits([group])).get(group) ?? [];
    return Object.fromEntries(commits.map(({ partition, offset }) => [String(partition), offset]));
  };
  const seed = async () => {
    const seen = await resource.read(soon());
    return resource.write(seen, 'seeded', epoch(seen.epoch + 1), soon());
  };
  const AT_END = { 0: EACH, 1: EACH, 2: EACH };
  const AT_START = { 0: 0, 1: 0, 2: 0 };

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka', 'connect'] });
    createIdentities(lab.run);
    writeTopology(lab.layout, lab.run, 'observe');
    const topology = await loadTopology(lab.configFile, siteId('b'));
    flows = await openFlows(siteId('b'), topology, clock);
    [a, b] = [openCluster(labAccess(lab, 'a', 'admin')), openCluster(labAccess(lab, 'b', 'admin'))];
    resource = mirrors(flows, CALL_TIMEOUT_MS, clock)({ kind: 'group-offsets', flow: FLOW })!;
    const records = Array.from({ length: EACH }, (_, index) => ({ value: Buffer.from(String(index)) }));
    for (const partition of PARTITIONS) await a.log.append(TOPIC, partition, records);
  });

  afterAll(async () => {
    const clusters = [a, b, ...(flows ?? []).flatMap((flow) => flow.clusters)];
    await Promise.all(clusters.map((cluster) => cluster?.close()));
    await lab?.down();
  });

  it('are written down at the other one while it serves, whatever became of their translation', async () => {
    await consumeByKafkajs('a', 'app-translated');
    await until('MirrorMaker 2 has translated a group', SOON_MS, async () =>
      expect(Object.keys(await placesOf(b, 'app-translated'))).toHaveLength(PARTITIONS.length),
    );
    // What comes now is found by nobody, as with a group that is younger than the last look for groups.
    await connectCall(lab.layout, 'b', 'PUT', `/connectors/${FLOW}-checkpoint/stop`);
    await until('the checkpoint connector has stopped', SOON_MS, async () =>
      expect(await connectCall(lab.layout, 'b', 'GET', `/connectors/${FLOW}-checkpoint/status`)).toMatchObject({
        connector: { state: 'STOPPED' },
        tasks: [],
      }),
    );
    await consumeByJava('a', 'app-classic', 'classic');
    await consumeByJava('a', 'app-new', 'consumer');
    await consumeByKafkajs('a', 'app-kafkajs');
    for (const group of ['app-classic', 'app-new', 'app-kafkajs']) expect(await placesOf(a, group)).toEqual(AT_END);

    const log = new InMemoryLog();
    const watch = new GroupWatch([], { clock, log });
    const [watched] = watchedGroups(flows, new Set([FLOW]), clock);
    await until('the groups are written down', SOON_MS, async () => {
      await watch.look(watched!);
      const known = await watched!.sourceGroups.all();
      expect([...known.keys()].toSorted()).toEqual(['app-classic', 'app-kafkajs', 'app-new', 'app-translated']);
    });
    expect(log.lines).toEqual([]);
  });

  it('are given a place where they have none, with their source gone', async () => {
    await lab.kill('a');
    const before = await placesOf(b, 'app-translated');
    const listed = await resource.verify(undefined, soon());
    expect(listed.exception).toMatch(/app-classic.*app-kafkajs.*app-new/);
    expect(await seed()).toBe('written');
    const { holds, exception, observed } = await resource.verify('seeded', soon());
    expect({ holds, exception }).toEqual({ holds: true, exception: undefined });
    expect(observed).toMatchObject({
      groups: 4,
      inOrder: 1,
      others: ['app-classic', 'app-kafkajs', 'app-new'].map((group) => ({ group, oldest: 3, rereadMaxRecords: ALL })),
    });
    for (const group of ['app-classic', 'app-new', 'app-kafkajs']) expect(await placesOf(b, group)).toEqual(AT_START);
    expect(await placesOf(b, 'app-translated')).toEqual(before);
  });

  it('skip nothing, though their consumers would begin at the latest record', async () => {
    await consumeByJava('b', 'app-classic', 'classic');
    await consumeByJava('b', 'app-new', 'consumer');
    await consumeByKafkajs('b', 'app-kafkajs');
    for (const group of ['app-classic', 'app-new']) expect(await placesOf(b, group)).toEqual(AT_END);
  });

  it('are not set back by another run, once they have gone on', async () => {
    expect(await seed()).toBe('written');
    for (const group of ['app-classic', 'app-new']) expect(await placesOf(b, group)).toEqual(AT_END);
  });
});
