import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dirname, join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { clusterId, epoch, flowId, type MirrorState, type Positions, type Step } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import type { FlowBy } from '#libs/topology';
import { mirrorMakerOf, strimziResources, type StrimziResources } from '../../apps/mirror-switcher/src/strimzi/make.js';
import type { MirrorMaker } from '../../apps/mirror-switcher/src/strimzi/mirror-maker.js';
import type { ByHand } from '../../apps/orchestrator/src/view/by-hand.js';
import { strimziMirrorLines, strimziPositionsLines } from '../../apps/orchestrator/src/view/instructions-strimzi.js';
import { KUBECTL } from '../lab/cache.js';
import { until } from '../lab/condition.js';
import { runCommand } from '../lab/kubernetes/command.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { define, list } from '../lab/kubernetes/definitions.js';
import { missingForHelm, missingForKubernetes } from '../lab/kubernetes/preflight.js';
import { missingForStrimzi, strimziDefinitions, type StrimziShape } from '../lab/kubernetes/strimzi-definitions.js';
import type { Loose } from '../support/broken-topology.js';
import { FakeConnect } from '../support/fake-connect.js';
import { fencedResourceConformance } from '../support/fenced-resource.conformance.js';
import { accessBy } from '../support/kubernetes/installed-clients.js';
import { mirrorMaker, OWNER } from '../support/kubernetes/strimzi-bench.js';
import { StrimziStandIn } from '../support/kubernetes/strimzi-stand-in.js';
import { kubeconfigOf } from './account.js';
import { startPlane } from './ground.js';
import { CHART, Helm, RELEASE, valuesOf } from './helm.js';

const NAMESPACE = 'kafka';
const PATH = `/apis/kafka.strimzi.io/v1/namespaces/${NAMESPACE}/kafkamirrormaker2s/b-to-a`;
/** The policies are in force about a second after they were made. */
const IN_FORCE_WITHIN_MS = 60_000;
/** Of what never comes about while somebody is away. */
const BRIEF_MS = 5_000;
const clock = new SystemClock();
const soon = (ms = 60_000) => AbortSignal.timeout(ms);
const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

const missing = [...missingForKubernetes(), ...missingForHelm(), ...missingForStrimzi()];
if (missing.length > 0) say(`skipped, the resources of Strimzi: missing ${missing.join(', ')}`);

/**
 * Strimzi's own definitions and the whole of the chart in a real API server, asked as the mirror-switcher's ServiceAccount: with
 * its rights, under the policies. The operator is a stand-in, and so is Connect.
 */
(missing.length === 0 ? describe : describe.skip).each<StrimziShape>(['both', 'v1-only'])(
  "the resource of Strimzi's on a real API server that serves %s",
  (shape) => {
    let plane: ControlPlane;
    let access: Awaited<ReturnType<typeof accessBy>>;
    let connect: FakeConnect;
    let operator: StrimziStandIn;
    let folder: string;
    let maker: MirrorMaker;
    let resources: StrimziResources;

    const stored = async (): Promise<Loose> => JSON.parse((await plane.request({ method: 'GET', path: PATH })).text);
    const patch = (body: object) =>
      plane.request({ method: 'PATCH', path: PATH, contentType: 'application/merge-patch+json', body });
    const epochNow = async () => (await resources.mirror.read(soon())).epoch;
    const set = async (state: MirrorState) => {
      const seen = await resources.mirror.read(soon());
      return resources.mirror.write(seen, state, epoch(seen.epoch + 1), soon());
    };

    const startOperator = () => {
      const { url, dispatcher } = access;
      return StrimziStandIn.start({ url, dispatcher, workers: { [NAMESPACE]: connect.url } });
    };
    const sealed = async () => {
      const outcome = await set('stopped');
      if (outcome !== 'written') throw new Error(outcome);
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'signalbox-strimzi-'));
      plane = await startPlane({ controllers: false });
      await define(plane, strimziDefinitions(shape, ['kafkamirrormaker2s', 'kafkaconnectors']));
      for (const namespace of [RELEASE, 'orders', 'billing', NAMESPACE])
        await plane.must(['create', 'namespace', namespace]);
      await new Helm(plane, 'helm4').must(['install', RELEASE, CHART, ...valuesOf('kubernetes-clients')]);
      await plane.must(['create', '--validate=strict', '--filename', '-'], { input: list(wayBack()) });
      access = await accessBy(plane.kubeconfig);
      connect = await FakeConnect.start();
      operator = await startOperator();
      maker = mirrorMakerOf(
        {
          driver: {
            ...FLOW.driver,
            access: { kubeconfig: { file: await kubeconfigOf(plane, 'mirror-switcher', folder) } },
          },
          sourceAlias: 'kafka-b',
          owner: OWNER,
        },
        { clock, callTimeoutMs: 10_000, environment: {} },
      );
      resources = strimziResources(maker, async () => ({}), clock, 10_000, 20);
      await until('the fence refuses', IN_FORCE_WITHIN_MS, async () => {
        const poisoned = { metadata: { annotations: { 'signalbox.io/epoch': 'x' } } };
        const { status } = await plane.request({
          method: 'PATCH',
          path: `${PATH}?dryRun=All`,
          contentType: 'application/merge-patch+json',
          body: poisoned,
        });
        if (status !== 422) throw new Error(`${status}`);
      });
    });
    afterAll(async () => {
      await operator?.stop();
      await Promise.all([connect?.end(), access?.dispatcher.destroy(), maker?.api.close()]);
      await plane?.stop();
      rmSync(folder, { recursive: true });
    });

    fencedResourceConformance<MirrorState>('a KafkaMirrorMaker2', async () => {
      if ((await resources.mirror.read(soon())).value !== 'running') await set('running');
      const epochBefore = await epochNow();
      return { resource: resources.mirror, values: ['running', 'stopped'], epochBefore, end: async () => undefined };
    });

    let made = 0;
    fencedResourceConformance<Positions>('its positions', async () => {
      made += 1;
      // They are never set back: other partitions for every test.
      const value = { [`orders-${2 * made}`]: 5, [`orders-${2 * made + 1}`]: 7 };
      const { value: held } = await resources.positions.read(soon());
      return {
        resource: resources.positions,
        values: [held, { ...held, ...value }],
        notHeld: { [`orders-${2 * made}`]: 6 },
        epochBefore: await epochNow(),
        end: async () => undefined,
      };
    });

    describe('that was sealed', () => {
      beforeEach(() => until('it is sealed', 60_000, () => sealed()));

      it('says who wanted it stopped, and the operator brings it about', async () => {
        expect(await resources.mirror.verify('stopped', soon())).toMatchObject({ holds: true });
        const { metadata } = await stored();
        expect(metadata.annotations).toMatchObject({ 'signalbox.io/group': 'orders', 'signalbox.io/run': 'none' });
        expect(metadata.annotations['signalbox.io/write']).toMatch(/^none\.none\.\d+\.\d+$/);
      });

      it('refuses a stale epoch, a state that comes back without a stamp, and to lose its label', async () => {
        const before = await stored();
        const running = structuredClone(before.spec);
        running.mirrors[0].sourceConnector.state = 'running';
        const stale = { 'signalbox.io/epoch': String((await epochNow()) - 1), 'signalbox.io/write': 'late' };
        const answers = [
          await patch({ metadata: { annotations: stale }, spec: running }),
          await patch({ spec: running }),
          await patch({ metadata: { labels: { 'signalbox.io/group': null } } }),
          await plane.request({ method: 'DELETE', path: PATH }),
        ];
        for (const { status, text } of answers) say(`${status} ${JSON.parse(text).message}`);
        expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
        expect((await stored()).spec).toEqual(before.spec);
      });

      it('is turned by the commands of a plan that is executed by hand', async () => {
        const byHand = { stamp: epoch((await epochNow()) + 500) } as ByHand;
        const shell = async (lines: readonly string[]) => {
          for (const line of lines) {
            const answer = await runCommand('sh', ['-c', `PATH=${dirname(KUBECTL)}:$PATH; ${line}`], {
              env: plane.environment,
            });
            expect({ line, ...answer }).toMatchObject({ code: 0 });
          }
        };
        const { value } = await resources.positions.read(soon());
        const next = { ...value, 'orders-98': 4 };
        await shell(strimziPositionsLines({ desired: next } as unknown as Step, FLOW, byHand));
        await until('the operator has altered them', 180_000, async () =>
          expect(await resources.stored.read(soon())).toMatchObject({ 'orders-98': 4 }),
        );
        await shell(strimziMirrorLines({ desired: 'running' } as Step, FLOW, byHand));
        expect(await resources.mirror.verify('running', soon())).toMatchObject({ holds: true });
        expect(await epochNow()).toBe(byHand.stamp);
      });

      it('ends in a named state while the operator is away, and is done when it is back', async () => {
        await resources.mirror.verify('stopped', soon());
        await operator.stop();
        try {
          expect(await set('running')).toBe('written');
          await expect(resources.mirror.verify('running', soon(BRIEF_MS))).rejects.toMatchObject({
            code: 'SB_MIRROR_UNRECONCILED',
            message: expect.stringContaining('not-taken-up'),
          });
        } finally {
          operator = await startOperator();
        }
        expect(await resources.mirror.verify('running', soon())).toMatchObject({ holds: true });
      });

      it('ends in a named state while its reconciliation is paused', async () => {
        await resources.mirror.verify('stopped', soon());
        await patch({ metadata: { annotations: { 'strimzi.io/pause-reconciliation': 'true' } } });
        try {
          expect(await set('running')).toBe('written');
          await expect(resources.mirror.verify('running', soon(BRIEF_MS))).rejects.toMatchObject({
            code: 'SB_MIRROR_UNRECONCILED',
            message: expect.stringContaining('paused'),
          });
        } finally {
          await patch({ metadata: { annotations: { 'strimzi.io/pause-reconciliation': null } } });
        }
        expect(await resources.mirror.verify('running', soon())).toMatchObject({ holds: true });
      });

      it('fences the ConfigMap that positions are set from, too', async () => {
        const { value } = await resources.positions.read(soon());
        const next = { ...value, 'orders-99': 3 };
        const seen = await resources.positions.read(soon());
        expect(await resources.positions.write(seen, next, epoch(seen.epoch + 1), soon())).toBe('written');
        const { status, text } = await plane.request({
          method: 'PATCH',
          path: `/api/v1/namespaces/${NAMESPACE}/configmaps/b-to-a-altered`,
          contentType: 'application/merge-patch+json',
          body: { metadata: { annotations: { 'signalbox.io/epoch': String(seen.epoch) } }, data: { x: 'y' } },
        });
        say(`${status} ${JSON.parse(text).message}`);
        expect(status).toBe(403);
      });
    });
  },
);

const FLOW: FlowBy<'strimzi'> = {
  id: flowId('b-to-a'),
  source: clusterId('kafka-b'),
  target: clusterId('kafka-a'),
  topics: ['orders'],
  policy: 'identity',
  principal: 'User:mm2-ba',
  driver: {
    kind: 'strimzi',
    access: 'in-cluster',
    namespace: NAMESPACE,
    connect: 'http://b-to-a-mirrormaker2-api.kafka:8083',
    mirrorMaker: 'b-to-a',
    positions: { listed: 'b-to-a-listed', altered: 'b-to-a-altered' },
    settings: {},
  },
};

/** What stands in `test/support` for a to b, the other way round. */
function wayBack(): readonly object[] {
  const turned = JSON.stringify(mirrorMaker())
    .replaceAll('a-to-b', 'b-to-a')
    .replaceAll('kafka-a', 'kafka-x')
    .replaceAll('kafka-b', 'kafka-a')
    .replaceAll('kafka-x', 'kafka-b');
  const object = JSON.parse(turned) as Loose;
  delete object.metadata.generation;
  const storage = { groupId: 'b-to-a', configStorageTopic: 'c', offsetStorageTopic: 'o', statusStorageTopic: 's' };
  Object.assign(object.spec.target, storage);
  const metadata = { name: 'b-to-a-altered', namespace: NAMESPACE, labels: { 'signalbox.io/group': 'orders' } };
  return [object, { apiVersion: 'v1', kind: 'ConfigMap', metadata }];
}
