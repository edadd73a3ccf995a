import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { BacklogWire } from '#libs/contracts';
import { initialGroupState } from '#libs/decision';
import { clusterId, epoch, siteId, type FencedResource, type Positions, type ResourceRef } from '#libs/domain';
import type { Reasserted } from '#libs/jobs';
import { InMemoryJournal, keys } from '#libs/journal';
import { openCluster, type KafkaCluster, type TopicLog } from '#libs/kafka';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { loadTopology, type Topology } from '#libs/topology';
import { until } from '../../../test/lab/condition.js';
import { connectCall } from '../../../test/lab/connect.js';
import { ladderFile } from '../../../test/lab/firewall.js';
import { createIdentities } from '../../../test/lab/identities.js';
import { kafkaClient } from '../../../test/lab/kafka.js';
import { Lab } from '../../../test/lab/lab.js';
import { PORTS, type KafkaSite } from '../../../test/lab/layout.js';
import { writeTopology } from '../../../test/lab/topology-file.js';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { ConnectClient } from './connect-client.js';
import { ConnectRestPositions } from './connect-rest.positions.js';
import { EpochMarker } from './epoch-marker.js';
import { LoopWatch } from './loop-watch.js';
import { loopedGroups } from './looped-groups.js';
import { mirrors, type ConnectFlow } from './mirrors.js';
import { openFlows, type OpenFlow } from './open-flows.js';

const TOPIC = 'orders';
const CALL_TIMEOUT_MS = 5_000;
/** Ten seconds, on a machine that does something else as well. */
const NOTICED_WITHIN_MS = 30_000;
const clock = new SystemClock();
/** Each left a batch twice, before the producer was idempotent. */
const CUTS = 5;
const soon = () => AbortSignal.timeout(60_000);

/** As a reprotect and a planned switchover do it. Each test begins where the one before ended. */
describe('replication that is turned around', () => {
  let lab: Lab;
  let topology: Topology;
  let flows: readonly OpenFlow[];
  let a: KafkaCluster;
  let b: KafkaCluster;
  let watermark: Positions;
  /** What partition 0 of site a has to hold, in this order. */
  const expected: string[] = [];

  const find = (ref: ResourceRef): FencedResource<unknown> => {
    const resource = mirrors(flows, CALL_TIMEOUT_MS, clock)(ref);
    if (!resource) throw new Error(`no flow that ends here is ${JSON.stringify(ref)}`);
    return resource;
  };
  const mirror = (flow: string) => find({ kind: 'mirror', flow });
  const positions = (flow: string) => find({ kind: 'positions', flow });
  const backlog = (flow: string) => find({ kind: 'backlog', flow });
  /** On a busy machine Connect may miss its time-out: what is not known is written again, as a worker does. */
  const write = (resource: FencedResource<unknown>, next: unknown) =>
    until('the outcome is known', 60_000, async () => {
      const seen = await resource.read(soon());
      const outcome = await resource.write(seen, next, epoch(seen.epoch + 1), soon());
      expect(outcome).not.toBe('unknown');
      return outcome;
    });
  const run = async (flow: string) => {
    expect(await write(mirror(flow), 'running')).toBe('written');
    expect(await mirror(flow).verify('running', soon())).toMatchObject({ holds: true });
  };
  /** On a busy machine a broker may miss its time-out: asked again, as a worker does. */
  const inspect = (flow: string, expectation?: 'empty') =>
    until(`the backlog of ${flow} is told`, 60_000, () => backlog(flow).verify(expectation, soon()));
  const left = async (flow: string) => BacklogWire.parse((await inspect(flow)).observed);
  const drained = async (flow: string) =>
    expect(await inspect(flow, 'empty')).toMatchObject({ observed: { records: 0, ranges: [] }, holds: true });

  const asAdmin = (site: KafkaSite) =>
    openCluster({
      cluster: clusterId(site),
      bootstrap: [{ host: lab.site(site).address, port: PORTS.kafkaAdmin }],
      credentials: { mechanism: 'PLAIN', username: 'admin', password: () => lab.password('admin') },
      timeoutMs: CALL_TIMEOUT_MS,
    });
  const append = async ({ log }: KafkaCluster, partition: number, ...values: readonly string[]) => {
    const records = values.map((value) => ({ value: Buffer.from(value) }));
    expect(await log.append(TOPIC, partition, records)).toMatchObject({ outcome: 'appended' });
  };
  const ends = async (log: TopicLog): Promise<Positions> =>
    Object.fromEntries([...(await log.endOffsets(TOPIC))].map(([id, end]) => [`${TOPIC}-${id}`, Number(end)]));
  const values = async ({ log }: KafkaCluster, partition: number) =>
    (await log.read(TOPIC, partition, 0n, { waitMs: 0 })).map(({ value }) => String(value));

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka', 'connect'] });
    createIdentities(lab.run);
    writeTopology(lab.layout, lab.run, 'observe');
    topology = await loadTopology(lab.configFile, siteId('a'));
    flows = (await Promise.all(['a', 'b'].map((site) => openFlows(siteId(site), topology, clock)))).flat();
    [a, b] = [asAdmin('a'), asAdmin('b')];
  });

  afterAll(async () => {
    await Promise.all([a, b, ...(flows ?? []).flatMap(({ clusters }) => clusters)].map((cluster) => cluster?.close()));
    await lab?.down();
  });

  it('finds no way back where none was needed yet', async () => {
    expect(await connectCall(lab.layout, 'a', 'GET', '/connectors')).toEqual([]);
    expect(await positions('b-to-a').read(soon())).toMatchObject({ value: {}, epoch: 0 });
  });

  it('counts what was acknowledged at the old site after its mirror was stopped', async () => {
    expected.push('1', '2', '3', '4', '5');
    await append(a, 0, ...expected);
    await append(a, 1, 'x', 'y');
    await drained('a-to-b');
    expect(await write(mirror('a-to-b'), 'stopped')).toBe('written');
    watermark = await ends(b.log);
    expect(watermark).toEqual({ 'orders-0': 5, 'orders-1': 2, 'orders-2': 0 });
    expect((await positions('a-to-b').read(soon())).value).toEqual({ 'orders-0': 5, 'orders-1': 2 });

    expected.push('stranded 1', 'stranded 2', 'stranded 3');
    await append(a, 0, ...expected.slice(5));
    await append(a, 2, 'stranded 4');
    expect(await left('a-to-b')).toEqual({
      records: 4,
      ranges: [
        { topic: TOPIC, partition: 0, from: 5, to: 8 },
        { topic: TOPIC, partition: 2, from: 0, to: 1 },
      ],
    });
  });

  it('creates the way back stopped, from the watermark', async () => {
    await append(b, 0, 'new 1', 'new 2');
    await append(b, 2, 'new 3');
    expect(await write(positions('b-to-a'), watermark)).toBe('written');
    expect((await positions('b-to-a').read(soon())).value).toEqual({ 'orders-0': 5, 'orders-1': 2 });
    expect(await positions('b-to-a').verify(watermark, soon())).toMatchObject({ holds: true });
    expect(await mirror('b-to-a').verify('stopped', soon())).toMatchObject({ holds: true });
    expect((await left('b-to-a')).records).toBe(3);
  });

  it('copies exactly what is new, once', async () => {
    await run('b-to-a');
    await drained('b-to-a');
    expected.push('new 1', 'new 2');
    expect(await values(a, 0)).toEqual(expected);
    expect(await values(a, 1)).toEqual(['x', 'y']);
    expect(await values(a, 2)).toEqual(['stranded 4', 'new 3']);
  });

  it('is drained once the producers pause', async () => {
    const draining = drained('b-to-a');
    for (let record = 0; record < 20; record++) {
      await append(b, 0, `more ${record}`);
      expected.push(`more ${record}`);
    }
    await draining;
    await drained('b-to-a');
    expect(await values(a, 0)).toEqual(expected);
  });

  it('moves nothing back when the same watermark is written again', async () => {
    const before = (await positions('b-to-a').read(soon())).value;
    expect(before).toEqual({ 'orders-0': 27, 'orders-1': 2, 'orders-2': 1 });
    expect(await write(positions('b-to-a'), watermark)).toBe('written');
    expect((await positions('b-to-a').read(soon())).value).toEqual(before);
    expect(await positions('b-to-a').verify(watermark, soon())).toMatchObject({ holds: true });
    await append(b, 0, 'last');
    expected.push('last');
    await run('b-to-a');
    await drained('b-to-a');
    expect(await values(a, 0)).toEqual(expected);
  });

  it('seals the running way back without stopping it', async () => {
    const seen = await positions('b-to-a').read(soon());
    expect(await positions('b-to-a').write(seen, seen.value, epoch(seen.epoch + 1), soon())).toBe('written');
    expect(await mirror('b-to-a').verify('running', soon())).toMatchObject({
      holds: true,
    });
  });

  it('is drained behind a transaction, whose marker is no record', async () => {
    const client = kafkaClient(lab.layout, lab.run, 'b', 'admin', PORTS.kafkaAdmin);
    const producer = client.producer({ transactionalId: 'app', maxInFlightRequests: 1 });
    await producer.connect();
    try {
      // The first one of a cluster has its coordinator elected.
      const transaction = await until('a transaction begins', 60_000, () => producer.transaction());
      await transaction.send({ topic: TOPIC, messages: [{ partition: 1, value: 'z' }] });
      await transaction.commit();
    } finally {
      await producer.disconnect();
    }
    await drained('b-to-a');
    expect(await values(a, 1)).toEqual(['x', 'y', 'z']);
    expect((await ends(b.log))['orders-1']).toBe(4);
    expect((await positions('b-to-a').read(soon())).value).toMatchObject({ 'orders-1': 3 });
  });

  it('copies nothing twice when its connection is cut while it writes', async () => {
    const listener = (change: 'close' | 'open') => execFileSync(lab.run.file(ladderFile('a')), [change]);
    const end = async (cluster: KafkaCluster) => (await ends(cluster.log))['orders-2'] ?? 0;
    const [atA, atB] = [await end(a), await end(b)];
    for (let cut = 0; cut < CUTS; cut++) {
      const before = await end(a);
      const load = Array.from({ length: 40 }, (_, batch) =>
        Array.from({ length: 100 }, () => `${batch}`.padEnd(2_000)),
      );
      const writing = (async () => {
        for (const batch of load) await append(b, 2, ...batch);
      })();
      await until('the mirror writes', 60_000, async () => expect(await end(a)).toBeGreaterThan(before));
      listener('close');
      listener('open');
      await writing;
      await drained('b-to-a');
    }
    expect((await end(a)) - atA).toBe((await end(b)) - atB);
  });

  let made = 0;
  fencedResourceConformance<Positions>('positions', async () => {
    made += 1;
    const [source, checkpoint] = [`conformance-${made}-source`, `conformance-${made}-checkpoint`];
    const connect = new ConnectClient(lab.site('a').connectUrl, clock, CALL_TIMEOUT_MS);
    const marker = new EpochMarker(connect, `conformance-${made}`, { source: 'b', target: 'a' });
    const { rendered } = flows.find(({ flow }) => flow.id === 'b-to-a') as OpenFlow & ConnectFlow;
    return {
      resource: new ConnectRestPositions(connect, marker, clock, { source, checkpoint, rendered, pollMs: 25 }),
      values: [{}, { 'orders-0': 5, 'orders-1': 7 }],
      notHeld: { 'orders-0': 6 },
      // They never run, and are gone with the lab.
      end: async () => undefined,
    };
  });

  it('is noticed when somebody sets it going toward the active site, under whatever name', async () => {
    const journal = new InMemoryJournal(clock);
    const group = topology.groups[0]!.id;
    const put = (key: string, value: string) =>
      journal.commit({ conditions: [], changes: [{ kind: 'put', key, value }] });
    await put(keys.groupState(group), JSON.stringify(initialGroupState(group, siteId('a'))));
    await put(keys.epoch(group), '1');
    const told: Reasserted[] = [];
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const tally = { note: (last: Reasserted) => void told.push(last) };
    const into = flows.filter(({ flow }) => flow.id === 'b-to-a');
    const looped = loopedGroups(topology, into, CALL_TIMEOUT_MS, clock);
    const watch = new LoopWatch(looped, siteId('a'), { journal, clock, readiness, tally }, CALL_TIMEOUT_MS);
    expect(await write(mirror('b-to-a'), 'stopped')).toBe('written');
    const { rendered } = into[0] as ConnectFlow;
    await connectCall(lab.layout, 'a', 'PUT', '/connectors/by-hand/config', rendered.source);
    watch.start();
    try {
      await until('both directions are noticed', NOTICED_WITHIN_MS, () =>
        told.length > 0 ? Promise.resolve() : Promise.reject(new Error('nobody told')),
      );
    } finally {
      watch.stop();
      await connectCall(lab.layout, 'a', 'DELETE', '/connectors/by-hand');
      await journal.close();
    }
    expect(told[0]).toMatchObject({ group, found: { running: ['by-hand'] }, isLeft: true });
  });

  it('works without its source, but for the question what is left there', async () => {
    await lab.kill('b');
    const opened = await openFlows(siteId('a'), topology, clock);
    flows = [...opened, ...flows.filter(({ flow }) => flow.id !== 'b-to-a')];
    expect(await positions('b-to-a').read(soon())).toMatchObject({ value: { 'orders-1': 3 } });
    await expect(backlog('b-to-a').verify('empty', soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    expect(await write(mirror('b-to-a'), 'stopped')).toBe('written');
  });
});
