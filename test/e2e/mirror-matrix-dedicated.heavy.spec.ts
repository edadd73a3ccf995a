import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BacklogWire } from '#libs/contracts';
import { clusterId, epoch, siteId, type FencedResource, type Positions, type ResourceRef } from '#libs/domain';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { mirrors } from '../../apps/mirror-switcher/src/mirrors.js';
import { openFlows, type OpenFlow } from '../../apps/mirror-switcher/src/open-flows.js';
import { kafkaJars, LAB_KAFKA } from '../lab/cache.js';
import { until } from '../lab/condition.js';
import { LAB_POLICY } from '../lab/flow.js';
import { createIdentities } from '../lab/identities.js';
import { Lab } from '../lab/lab.js';
import { KAFKA_SITES, PORTS, type KafkaSite } from '../lab/layout.js';
import { LabWorkers, mirrorMakerProperties } from '../lab/mirror-maker.js';
import { writeTopology } from '../lab/topology-file.js';

const TOPIC = 'orders';
const CALL_TIMEOUT_MS = 5_000;
const SOON_MS = 120_000;
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(SOON_MS);

const CELLS = [
  { kafka: '4.3.1', policy: 'identity' },
  { kafka: '4.3.1', policy: 'default' },
  { kafka: '3.9.2', policy: 'identity' },
  { kafka: '3.9.2', policy: 'default' },
] as const;
const cellsHere = CELLS.filter(({ kafka }) => existsSync(kafkaJars(kafka)));
const otherThan = (site: KafkaSite): KafkaSite => (site === 'a' ? 'b' : 'a');

/** What can be done with a MirrorMaker 2 of its own, and what cannot; docs/mirror-matrix.md has the table. */
describe.each(cellsHere)('MirrorMaker 2 of its own, $policy, Kafka $kafka', ({ kafka, policy }) => {
  let lab: Lab | undefined;
  let flows: readonly OpenFlow[] = [];
  let workers: LabWorkers | undefined;
  let a: KafkaCluster;
  let b: KafkaCluster;
  const copy = policy === 'default' ? `a.${TOPIC}` : TOPIC;

  const find = (ref: ResourceRef): FencedResource<unknown> => mirrors(flows, CALL_TIMEOUT_MS, clock)(ref)!;
  const mirror = () => find({ kind: 'mirror', flow: 'a-to-b' });
  /** What is not known is written again, as a worker does. */
  const write = (resource: FencedResource<unknown>, next: unknown) =>
    until('the outcome is known', SOON_MS, async () => {
      const seen = await resource.read(soon());
      const outcome = await resource.write(seen, next, epoch(seen.epoch + 1), soon());
      expect(outcome).not.toBe('unknown');
      return outcome;
    });
  const inspect = (expectation?: 'empty') =>
    until('the backlog is told', SOON_MS, () => find({ kind: 'backlog', flow: 'a-to-b' }).verify(expectation, soon()));
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

  beforeAll(async () => {
    process.env[LAB_KAFKA] = kafka;
    process.env[LAB_POLICY] = policy;
    const started = await Lab.up({ parts: ['kafka'] });
    lab = started;
    createIdentities(started.run);
    const fileOf = (target: KafkaSite) => started.run.file(target, 'mm2.properties');
    for (const target of KAFKA_SITES)
      started.run.write(mirrorMakerProperties(started, otherThan(target), target), target, 'mm2.properties');
    writeTopology(started.layout, started.run, 'observe', {
      amend: ({ flows: all = [] }) => {
        for (const flow of all) {
          const settings = { 'source.cluster.alias': flow.id[0]!, 'target.cluster.alias': flow.id.at(-1)! };
          const file = fileOf(flow.id.at(-1) as KafkaSite);
          flow.driver = { kind: 'dedicated', file, restart: ['false'], settings };
        }
      },
    });
    const topology = await loadTopology(started.configFile, siteId('a'));
    const own = new LabWorkers(started, 'b', fileOf('b'));
    workers = own;
    const open = await Promise.all(['a', 'b'].map((site) => openFlows(siteId(site), topology, clock)));
    flows = open.flat().map((flow) => (flow.flow.id === 'a-to-b' ? { ...flow, workers: own } : flow));
    [a, b] = [asAdmin('a'), asAdmin('b')];
  });

  afterAll(async () => {
    await workers?.end();
    await Promise.all([a, b, ...flows.flatMap(({ clusters }) => clusters)].map((cluster) => cluster?.close()));
    await lab?.down();
    delete process.env[LAB_KAFKA];
    delete process.env[LAB_POLICY];
  });

  it('is turned on, is seen to copy, and tells by its offset syncs how far it came', async () => {
    await append(a, '1', '2', '3', '4', '5');
    expect(await write(mirror(), 'running')).toBe('written');
    expect(await inspect('empty')).toMatchObject({ observed: { records: 0 }, holds: true });
    expect(await mirror().verify('running', soon())).toMatchObject({
      observed: { replicated: { [`${TOPIC}-0`]: 5 }, targetEnds: { [`${copy}-0`]: 5 } },
      holds: true,
    });
    expect(await values(b, copy)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is turned off, is seen to stand still, and what comes after is counted as left', async () => {
    expect(await write(mirror(), 'stopped')).toBe('written');
    await append(a, 'later');
    expect(await mirror().verify('stopped', soon())).toMatchObject({
      observed: { wanted: 'stopped', workersKnow: true, replicated: { [`${TOPIC}-0`]: 5 } },
      holds: true,
    });
    expect(await values(b, copy)).toEqual(['1', '2', '3', '4', '5']);
    const { records, ranges } = BacklogWire.parse((await inspect()).observed);
    expect({ records, ranges }).toEqual({ records: 1, ranges: [{ topic: TOPIC, partition: 0, from: 5, to: 6 }] });
  });

  it('is turned on again, and goes on where it was', async () => {
    expect(await write(mirror(), 'running')).toBe('written');
    expect(await mirror().verify('running', soon())).toMatchObject({ holds: true });
    expect(await inspect('empty')).toMatchObject({ holds: true });
    expect(await values(b, copy)).toEqual(['1', '2', '3', '4', '5', 'later']);
  });

  it('has a way back only where names tell what came from where', async () => {
    expect(await write(mirror(), 'stopped')).toBe('written');
    const { observed } = await mirror().verify(undefined, soon());
    const { targetEnds } = observed as { readonly targetEnds: Positions };
    const positions = find({ kind: 'positions', flow: 'b-to-a' });
    const back = positions
      .write(await positions.read(soon()), targetEnds, epoch(1), soon())
      .catch((error) => error.code);
    expect(await back).toBe(policy === 'default' ? 'written' : 'SB_MIRROR_POSITIONS_FIXED');
  });
});
