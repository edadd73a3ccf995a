import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BacklogWire } from '#libs/contracts';
import { clusterId, epoch, siteId, type FencedResource, type ResourceRef } from '#libs/domain';
import { fingerprintOf, openCluster, type KafkaCluster } from '#libs/kafka';
import { InMemoryLog, SystemClock } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { mirrors } from '../../apps/mirror-switcher/src/mirrors.js';
import { openFlows, type OpenFlow } from '../../apps/mirror-switcher/src/open-flows.js';
import { watchedGroups } from '../../apps/mirror-switcher/src/groups/local-groups.js';
import { GroupWatch } from '../../apps/mirror-switcher/src/groups/group-watch.js';
import { kafkaJars, LAB_KAFKA } from '../lab/cache.js';
import { until } from '../lab/condition.js';
import { connectCall } from '../lab/connect.js';
import { LAB_POLICY } from '../lab/flow.js';
import { createIdentities } from '../lab/identities.js';
import { Lab } from '../lab/lab.js';
import { PORTS, type KafkaSite } from '../lab/layout.js';
import { writeTopology } from '../lab/topology-file.js';

const TOPIC = 'orders';
const EACH = 5;
const CALL_TIMEOUT_MS = 5_000;
const SOON_MS = 120_000;
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(SOON_MS);

const CELLS = [
  { kafka: '4.3.1', policy: 'identity', controller: 'KRaft' },
  { kafka: '4.3.1', policy: 'default', controller: 'KRaft' },
  { kafka: '3.9.2', policy: 'identity', controller: 'KRaft' },
  { kafka: '3.9.2', policy: 'default', controller: 'KRaft' },
  { kafka: '3.9.2', policy: 'identity', controller: 'ZooKeeper' },
] as const;
const PARTS = {
  KRaft: ['kafka', 'connect'],
  // Of site A's broker, which is the source at first.
  ZooKeeper: ['zookeeper', 'kafka', 'connect'],
} as const;
const cellsHere = CELLS.filter(({ kafka }) => existsSync(kafkaJars(kafka)));

/** One story for every Kafka and every replication policy; docs/mirror-matrix.md has the table. */
describe.each(cellsHere)('MirrorMaker 2 on Connect, $policy, Kafka $kafka by $controller', (cell) => {
  const { kafka, policy, controller } = cell;
  let lab: Lab | undefined;
  let flows: readonly OpenFlow[] = [];
  let a: KafkaCluster;
  let b: KafkaCluster;
  /** What copies are called at the other site. */
  const copy = (source: KafkaSite) => (policy === 'default' ? `${source}.${TOPIC}` : TOPIC);

  const find = (ref: ResourceRef): FencedResource<unknown> => mirrors(flows, CALL_TIMEOUT_MS, clock)(ref)!;
  /** On a busy machine Connect may miss its time-out: what is not known is written again, as a worker does. */
  const write = (resource: FencedResource<unknown>, next: unknown) =>
    until('the outcome is known', SOON_MS, async () => {
      const seen = await resource.read(soon());
      const outcome = await resource.write(seen, next, epoch(seen.epoch + 1), soon());
      expect(outcome).not.toBe('unknown');
      return outcome;
    });
  const inspect = (flow: string, expectation?: 'empty') =>
    until(`the backlog of ${flow} is told`, SOON_MS, () => find({ kind: 'backlog', flow }).verify(expectation, soon()));
  const drained = async (flow: string) =>
    expect(await inspect(flow, 'empty')).toMatchObject({ observed: { records: 0 }, holds: true });
  const asAdmin = (site: KafkaSite) =>
    openCluster({
      cluster: clusterId(site),
      bootstrap: [{ host: lab!.site(site).address, port: PORTS.kafkaAdmin }],
      credentials: { mechanism: 'PLAIN', username: 'admin', password: () => lab!.password('admin') },
      timeoutMs: CALL_TIMEOUT_MS,
    });
  const append = async ({ log }: KafkaCluster, ...values: readonly string[]) => {
    const records = values.map((value) => ({ value: Buffer.from(value) }));
    expect(await log.append(TOPIC, 0, records)).toMatchObject({ outcome: 'appended' });
  };
  const values = async ({ log }: KafkaCluster, topic: string) =>
    (await log.read(topic, 0, 0n, { waitMs: 0 })).map(({ value }) => String(value));

  /** As the inspection of a run sees it. */
  const watermark = async (flow: string) => {
    const { observed } = await find({ kind: 'mirror', flow }).verify(undefined, soon());
    return observed as { readonly targetEnds: Readonly<Record<string, number>> };
  };
  const turnTo = async (flow: string, from: Readonly<Record<string, number>>) => {
    expect(await write(find({ kind: 'positions', flow }), from)).toBe('written');
    expect(await write(find({ kind: 'mirror', flow }), 'running')).toBe('written');
    await drained(flow);
  };
  /** Names of what is in partition 0, by key, value, headers and timestamp. */
  const contentOf = async (end: 'source' | 'target', topic: string) => {
    const { copying } = flows.find(({ flow }) => flow.id === 'a-to-b')!;
    const { records } = await copying[end].read(topic, 0, 0, { isolation: 'read-committed' });
    return records.map((record) => fingerprintOf(record).toString('base64'));
  };

  beforeAll(async () => {
    process.env[LAB_KAFKA] = kafka;
    process.env[LAB_POLICY] = policy;
    const started = await Lab.up({ parts: PARTS[controller] });
    lab = started;
    createIdentities(started.run);
    writeTopology(started.layout, started.run, 'observe');
    const topology = await loadTopology(started.configFile, siteId('a'));
    flows = (await Promise.all(['a', 'b'].map((site) => openFlows(siteId(site), topology, clock)))).flat();
    [a, b] = [asAdmin('a'), asAdmin('b')];
  });

  afterAll(async () => {
    await Promise.all([a, b, ...flows.flatMap(({ clusters }) => clusters)].map((cluster) => cluster?.close()));
    await lab?.down();
    delete process.env[LAB_KAFKA];
    delete process.env[LAB_POLICY];
  });

  it('copies, and is seen to have copied everything', async () => {
    await append(a, '1', '2', '3', '4', '5');
    await drained('a-to-b');
    expect(await values(b, copy('a'))).toEqual(['1', '2', '3', '4', '5']);
  });

  it('leaves a group without a place behind, which is given one at the oldest copy', async () => {
    await connectCall(lab!.layout, 'b', 'PUT', '/connectors/a-to-b-checkpoint/stop');
    await until('the checkpoint connector has stopped', SOON_MS, async () =>
      expect(await connectCall(lab!.layout, 'b', 'GET', '/connectors/a-to-b-checkpoint/status')).toMatchObject({
        connector: { state: 'STOPPED' },
        tasks: [],
      }),
    );
    const place = { topic: TOPIC, partition: 0, offset: EACH, metadata: '' };
    await until('a group can commit', SOON_MS, () => a.groups.commit('app-late', [place]));
    const [watched] = watchedGroups(flows, new Set(['a-to-b']), clock);
    await until('the group is written down', SOON_MS, async () => {
      await new GroupWatch([], { clock, log: new InMemoryLog() }).look(watched!);
      expect([...(await watched!.sourceGroups.all()).keys()]).toEqual(['app-late']);
    });
    const groups = find({ kind: 'group-offsets', flow: 'a-to-b' });
    expect(await write(groups, 'seeded')).toBe('written');
    const commits = (await b.groups.commits(['app-late'])).get('app-late');
    expect(commits).toMatchObject([{ topic: copy('a'), partition: 0, offset: 0 }]);
  });

  it('is stopped, and what comes after is counted as left', async () => {
    expect(await write(find({ kind: 'mirror', flow: 'a-to-b' }), 'stopped')).toBe('written');
    await append(a, 'stranded');
    const { records, ranges } = BacklogWire.parse((await inspect('a-to-b')).observed);
    expect({ records, ranges }).toEqual({ records: 1, ranges: [{ topic: TOPIC, partition: 0, from: 5, to: 6 }] });
  });

  it('is turned around: what is new goes back once, and nothing that came from there', async () => {
    const { targetEnds } = await watermark('a-to-b');
    expect(targetEnds[`${copy('a')}-0`]).toBe(EACH);
    await append(b, 'new');
    await turnTo('b-to-a', targetEnds);
    const before = ['1', '2', '3', '4', '5', 'stranded'];
    const atA = policy === 'identity' ? { [TOPIC]: [...before, 'new'] } : { [TOPIC]: before, [copy('b')]: ['new'] };
    for (const [topic, held] of Object.entries(atA)) expect(await values(a, topic)).toEqual(held);
  });

  it('comes home as planned: drained, stopped, and from there on, with equal content on both sides', async () => {
    expect(await write(find({ kind: 'mirror', flow: 'b-to-a' }), 'stopped')).toBe('written');
    await drained('b-to-a');
    const { targetEnds } = await watermark('b-to-a');
    await append(a, 'home');
    await turnTo('a-to-b', targetEnds);
    const [atA, atB] = [await contentOf('source', TOPIC), await contentOf('target', copy('a'))];
    // What is stranded is copied by no mirror: whether and where it goes on is decided by people.
    expect(atB).toEqual(atA.toSpliced(EACH, 1));
    const ofB = policy === 'default' ? copy('b') : undefined;
    expect(ofB && (await contentOf('source', ofB))).toEqual(ofB && (await contentOf('target', TOPIC)));
  });
});
