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
import { applyMirrors, FORMS, turnedFlows, type PlayedForm, type TurnedFlows } from './strimzi-lab.js';

const clock = new SystemClock();
/** A guard: no statement about how fast anything is. */
const SOON_MS = 120_000;
const soon = (ms = SOON_MS) => AbortSignal.timeout(ms);
const CALL_TIMEOUT_MS = 10_000;
const PARTITIONS = [0, 1, 2];
const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

const PARTS = ['kafka', 'connect'] as const;
const missing = [...missingForKubernetes(), ...missingForHelm(), ...missingForStrimzi(), ...missingForLab(PARTS)];
if (missing.length > 0) say(`skipped, mirrors of Strimzi: missing ${missing.join(', ')}`);

/**
 * A real API server with Strimzi's own definitions and the chart's policies, real Connect workers and clusters; a stand-in
 * for the cluster operator. Each test begins where the one before ended, and each form where the one before left the line.
 */
(missing.length === 0 ? describe : describe.skip)('mirrors that Strimzi runs', () => {
  let lab: Lab;
  let plane: ControlPlane;
  let access: Awaited<ReturnType<typeof accessBy>>;
  let a: KafkaCluster;
  let b: KafkaCluster;
  /** What each partition has to hold, in this order. */
  const held: Record<KafkaSite, string[][]> = { a: PARTITIONS.map(() => []), b: PARTITIONS.map(() => []) };

  const asAdmin = (site: KafkaSite) =>
    openCluster({
      cluster: clusterId(site),
      bootstrap: [{ host: lab.site(site).address, port: PORTS.kafkaAdmin }],
      credentials: { mechanism: 'PLAIN', username: 'admin', password: () => lab.password('admin') },
      timeoutMs: CALL_TIMEOUT_MS,
    });
  const clusterOf = (site: KafkaSite) => (site === 'a' ? a : b);
  const append = async (site: KafkaSite, partition: number, ...values: readonly string[]) => {
    const records = values.map((value) => ({ value: Buffer.from(value) }));
    expect(await clusterOf(site).log.append(TOPIC, partition, records)).toMatchObject({ outcome: 'appended' });
    held[site][partition]!.push(...values);
  };
  const values = (site: KafkaSite) =>
    Promise.all(
      PARTITIONS.map(async (partition) =>
        (await clusterOf(site).log.read(TOPIC, partition, 0n, { waitMs: 0 })).map(({ value }) => String(value)),
      ),
    );
  const ends = async (site: KafkaSite): Promise<Positions> => {
    const all = [...(await clusterOf(site).log.endOffsets(TOPIC))].filter(([, end]) => end > 0n);
    return Object.fromEntries(all.map(([id, end]) => [`${TOPIC}-${id}`, Number(end)]));
  };

  beforeAll(async () => {
    lab = await Lab.up({ parts: PARTS });
    plane = await startPlane();
    await installFence(plane, strimziDefinitions('both', ['kafkamirrormaker2s', 'kafkaconnectors']));
    access = await accessBy(plane.kubeconfig);
    [a, b] = [asAdmin('a'), asAdmin('b')];
  });
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close(), access?.dispatcher.destroy()]);
    await plane?.stop();
    await lab?.down();
  });

  describe.each(FORMS)('by $kind', (form: PlayedForm) => {
    const { from, to } = form;
    const [there, back] = [`${from}-to-${to}`, `${to}-to-${from}`];
    let operator: StrimziStandIn | undefined;
    let flows: TurnedFlows;
    let watermark: Positions;

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
    const asked = async (): Promise<Loose> =>
      JSON.parse((await plane.request({ method: 'GET', path: form.pathOf(from, to) })).text);
    const patch = (body: object) =>
      plane.request({
        method: 'PATCH',
        path: form.pathOf(from, to),
        contentType: 'application/merge-patch+json',
        body,
      });
    const named = () => connectCall(lab.layout, to, 'GET', '/connectors');

    beforeAll(async () => {
      await applyMirrors(plane, lab, form);
      const workers = Object.fromEntries(
        [from, to].map((site) => [form.namespaceOf(site), lab.site(site).connectUrl] as const),
      );
      operator = await StrimziStandIn.start({ url: access.url, dispatcher: access.dispatcher, workers });
      flows = await turnedFlows(plane, lab, form, clock, CALL_TIMEOUT_MS);
    });
    afterAll(async () => {
      await operator?.stop();
      await flows?.close();
    });

    it('takes the place of what was there before, which no resource names', async () => {
      await until('the operator has deleted it', SOON_MS, async () => {
        if (String(await named()).includes(form.before)) throw new Error(`${form.before} is there`);
      });
      // New connectors begin at the beginning, where nobody tells them how far others have come.
      expect(await write('mirror', there, 'stopped')).toBe('written');
      await holds('mirror', there, 'stopped');
      expect(await write('positions', there, await ends(from))).toBe('written');
      await holds('positions', there, await ends(from));
      expect(await write('mirror', there, 'running')).toBe('written');
    });

    it('copies as its resource says', async () => {
      await holds('mirror', there, 'running');
      for (const [partition, texts] of [
        ['1', '2', '3'],
        ['x', 'y'],
      ].entries()) {
        await append(from, partition, ...texts.map((text) => `${form.kind} ${text}`));
        held[to][partition]!.push(...texts.map((text) => `${form.kind} ${text}`));
      }
      expect(await left(there, 'empty')).toMatchObject({ holds: true });
      expect(await values(to)).toEqual(held[to]);
    });

    it('is stopped, and stays so although somebody sets it going at Connect', async () => {
      expect(await write('mirror', there, 'stopped')).toBe('written');
      const { observed } = await holds('mirror', there, 'stopped');
      expect(observed).toMatchObject({ replicated: await ends(from) });
      watermark = await ends(to);
      const connector = `/connectors/${encodeURIComponent(form.connector)}`;
      await connectCall(lab.layout, to, 'PUT', `${connector}/resume`);
      // It is looked at again, which makes the operator look.
      await holds('mirror', there, 'stopped');
      expect(await connectCall(lab.layout, to, 'GET', `${connector}/status`)).toMatchObject({
        connector: { state: 'STOPPED' },
      });
    });

    it('keeps its epoch against whoever has a stale one, or none', async () => {
      const { metadata, spec } = await asked();
      const sealedAt = Number(metadata.annotations['signalbox.io/epoch']);
      const running = structuredClone(spec);
      form.setRunning(running);
      const stale = { 'signalbox.io/epoch': String(sealedAt - 1), 'signalbox.io/write': 'late' };
      const answers = [
        await patch({ metadata: { annotations: stale }, spec: running }),
        await patch({ spec: running }),
        await patch({ metadata: { labels: { 'signalbox.io/group': null } } }),
      ];
      for (const answer of answers) say(`${answer.status} ${JSON.parse(answer.text).message}`);
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
      const mirror = resource('mirror', there);
      const seen = await mirror.read(soon());
      expect(await mirror.write(seen, 'running', epoch(sealedAt - 1), soon())).toBe('refused');
      expect((await asked()).spec).toEqual(spec);
    });

    it('counts what was acknowledged after it was stopped', async () => {
      await append(from, 0, `${form.kind} stranded 1`, `${form.kind} stranded 2`);
      expect(BacklogWire.parse((await left(there)).observed)).toMatchObject({ records: 2 });
    });

    it('is turned around from the watermark, and copies exactly what is new', async () => {
      for (const [partition, texts] of [[0, ['new 1', 'new 2']] as const, [2, ['new 3']] as const]) {
        await append(to, partition, ...texts.map((text) => `${form.kind} ${text}`));
        held[from][partition]!.push(...texts.map((text) => `${form.kind} ${text}`));
      }
      expect(await write('positions', back, watermark)).toBe('written');
      await holds('positions', back, watermark);
      await holds('mirror', back, 'stopped');
      expect(await write('mirror', back, 'running')).toBe('written');
      await holds('mirror', back, 'running');
      expect(await left(back, 'empty')).toMatchObject({ holds: true });
      expect(await values(from)).toEqual(held[from]);
    });

    it('sets nothing back when the same watermark is written again', async () => {
      expect(await write('positions', back, watermark)).toBe('written');
      const { observed } = await holds('positions', back, watermark);
      expect(observed).toMatchObject(await ends(to));
    });
  });
});
