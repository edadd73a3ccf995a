import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BacklogWire } from '#libs/contracts';
import { clusterId, epoch, type Positions, type Verification } from '#libs/domain';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { until } from '../lab/condition.js';
import { connectCall } from '../lab/connect.js';
import { TOPIC } from '../lab/flow.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { missingForHelm, missingForKubernetes } from '../lab/kubernetes/preflight.js';
import { missingForStrimzi, strimziDefinitions } from '../lab/kubernetes/strimzi-definitions.js';
import { Lab } from '../lab/lab.js';
import { PORTS, type KafkaSite } from '../lab/layout.js';
import { missingForLab } from '../lab/preflight.js';
import type { Loose } from '../support/broken-topology.js';
import { accessBy } from '../support/kubernetes/installed-clients.js';
import { StrimziStandIn } from '../support/kubernetes/strimzi-stand-in.js';
import { installFence } from './fence/install.js';
import { startPlane } from './ground.js';
import { applyMirrors, namespaceOf, pathOf, turnedFlows, type TurnedFlows } from './strimzi-lab.js';

const clock = new SystemClock();
/** A guard: no statement about how fast anything is. */
const SOON_MS = 120_000;
const soon = (ms = SOON_MS) => AbortSignal.timeout(ms);
const CALL_TIMEOUT_MS = 10_000;
const SOURCE = 'a->b.MirrorSourceConnector';
const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

const PARTS = ['kafka', 'connect'] as const;
const missing = [...missingForKubernetes(), ...missingForHelm(), ...missingForStrimzi(), ...missingForLab(PARTS)];
if (missing.length > 0) say(`skipped, mirrors of Strimzi: missing ${missing.join(', ')}`);

/**
 * A real API server with Strimzi's own definitions and the chart's policies, real Connect workers and clusters; a stand-in
 * for the cluster operator. Each test begins where the one before ended.
 */
(missing.length === 0 ? describe : describe.skip)('mirrors that Strimzi runs', () => {
  let lab: Lab;
  let plane: ControlPlane;
  let access: Awaited<ReturnType<typeof accessBy>>;
  let operator: StrimziStandIn | undefined;
  let flows: TurnedFlows;
  let a: KafkaCluster;
  let b: KafkaCluster;
  let watermark: Positions;
  /** What partition 0 of site a has to hold, in this order. */
  const expected: string[] = [];

  const startOperator = () => {
    const workers = { [namespaceOf('a')]: lab.site('a').connectUrl, [namespaceOf('b')]: lab.site('b').connectUrl };
    return StrimziStandIn.start({ url: access.url, dispatcher: access.dispatcher, workers });
  };
  const resource = (kind: 'mirror' | 'positions' | 'backlog', flow: string) => flows.find({ kind, flow });
  const write = async (kind: 'mirror' | 'positions', flow: string, next: unknown) => {
    const seen = await resource(kind, flow).read(soon());
    return resource(kind, flow).write(seen, next, epoch(seen.epoch + 1), soon());
  };
  const holds = async (kind: 'mirror' | 'positions', flow: string, wanted: unknown): Promise<Verification> => {
    const startedMs = clock.monotonicMs();
    const verification = await resource(kind, flow).verify(wanted, soon());
    say(`${kind} of ${flow}: looked at for ${((clock.monotonicMs() - startedMs) / 1_000).toFixed(1)} s`);
    expect(verification).toMatchObject({ holds: true });
    return verification;
  };
  const left = async (flow: string, wanted?: 'empty') =>
    until(`the backlog of ${flow} is told`, SOON_MS, () => resource('backlog', flow).verify(wanted, soon(60_000)));
  const asked = async (source: KafkaSite, target: KafkaSite): Promise<Loose> =>
    JSON.parse((await plane.request({ method: 'GET', path: pathOf(source, target) })).text);
  const patch = (source: KafkaSite, target: KafkaSite, body: object) =>
    plane.request({
      method: 'PATCH',
      path: pathOf(source, target),
      contentType: 'application/merge-patch+json',
      body,
    });

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
  const values = async ({ log }: KafkaCluster, partition: number) =>
    (await log.read(TOPIC, partition, 0n, { waitMs: 0 })).map(({ value }) => String(value));
  const ends = async ({ log }: KafkaCluster): Promise<Positions> =>
    Object.fromEntries([...(await log.endOffsets(TOPIC))].map(([id, end]) => [`${TOPIC}-${id}`, Number(end)]));

  beforeAll(async () => {
    lab = await Lab.up({ parts: PARTS });
    plane = await startPlane();
    await installFence(plane, strimziDefinitions('both', ['kafkamirrormaker2s', 'kafkaconnectors']));
    await applyMirrors(plane, lab);
    access = await accessBy(plane.kubeconfig);
    operator = await startOperator();
    flows = await turnedFlows(plane, lab, clock, CALL_TIMEOUT_MS);
    [a, b] = [asAdmin('a'), asAdmin('b')];
  });
  afterAll(async () => {
    await operator?.stop();
    await Promise.all([a?.close(), b?.close(), flows?.close(), access?.dispatcher.destroy()]);
    await plane?.stop();
    await lab?.down();
  });

  it('copies as its resource says', async () => {
    await holds('mirror', 'a-to-b', 'running');
    expected.push('1', '2', '3');
    await append(a, 0, ...expected);
    await append(a, 1, 'x', 'y');
    expect(await left('a-to-b', 'empty')).toMatchObject({ holds: true });
    expect(await values(b, 0)).toEqual(expected);
    // What was there before Strimzi, no resource names: the operator deletes it.
    expect(await connectCall(lab.layout, 'b', 'GET', '/connectors')).toEqual(
      expect.not.arrayContaining(['a-to-b-source']),
    );
  });

  it('is stopped, and stays so although somebody sets it going at Connect', async () => {
    expect(await write('mirror', 'a-to-b', 'stopped')).toBe('written');
    const { observed } = await holds('mirror', 'a-to-b', 'stopped');
    expect(observed).toMatchObject({ replicated: { 'orders-0': 3, 'orders-1': 2 } });
    watermark = await ends(b);
    const connector = `/connectors/${encodeURIComponent(SOURCE)}`;
    await connectCall(lab.layout, 'b', 'PUT', `${connector}/resume`);
    // It is looked at again, which makes the operator look.
    await holds('mirror', 'a-to-b', 'stopped');
    expect(await connectCall(lab.layout, 'b', 'GET', `${connector}/status`)).toMatchObject({
      connector: { state: 'STOPPED' },
    });
  });

  it('keeps its epoch against whoever has a stale one, or none', async () => {
    const { metadata, spec } = await asked('a', 'b');
    const sealedAt = Number(metadata.annotations['signalbox.io/epoch']);
    const running = structuredClone(spec);
    running.mirrors[0].sourceConnector.state = 'running';
    const stale = { 'signalbox.io/epoch': String(sealedAt - 1), 'signalbox.io/write': 'late' };
    const answers = [
      await patch('a', 'b', { metadata: { annotations: stale }, spec: running }),
      await patch('a', 'b', { spec: running }),
      await patch('a', 'b', { metadata: { labels: { 'signalbox.io/group': null } } }),
    ];
    for (const answer of answers) say(`${answer.status} ${JSON.parse(answer.text).message}`);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    const mirror = resource('mirror', 'a-to-b');
    const seen = await mirror.read(soon());
    expect(await mirror.write(seen, 'running', epoch(sealedAt - 1), soon())).toBe('refused');
    expect((await asked('a', 'b')).spec).toEqual(spec);
  });

  it('counts what was acknowledged after it was stopped', async () => {
    expected.push('stranded 1', 'stranded 2');
    await append(a, 0, ...expected.slice(3));
    expect(BacklogWire.parse((await left('a-to-b')).observed)).toMatchObject({ records: 2 });
  });

  it('is turned around from the watermark, and copies exactly what is new', async () => {
    await append(b, 0, 'new 1', 'new 2');
    await append(b, 2, 'new 3');
    expect(await write('positions', 'b-to-a', watermark)).toBe('written');
    await holds('positions', 'b-to-a', watermark);
    await holds('mirror', 'b-to-a', 'stopped');
    expect(await write('mirror', 'b-to-a', 'running')).toBe('written');
    await holds('mirror', 'b-to-a', 'running');
    expect(await left('b-to-a', 'empty')).toMatchObject({ holds: true });
    expected.push('new 1', 'new 2');
    expect(await values(a, 0)).toEqual(expected);
    expect(await values(a, 1)).toEqual(['x', 'y']);
    expect(await values(a, 2)).toEqual(['new 3']);
  });

  it('sets nothing back when the same watermark is written again', async () => {
    expect(await write('positions', 'b-to-a', watermark)).toBe('written');
    const { observed } = await holds('positions', 'b-to-a', watermark);
    expect(observed).toMatchObject({ 'orders-0': 5, 'orders-2': 1 });
  });
});
