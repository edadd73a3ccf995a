import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, UnavailableError, type ConfigData, type Verification } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import type { KubernetesConfig } from '../../apps/config-switcher/src/kubernetes/kubernetes.config.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { missingForKubernetes } from '../lab/kubernetes/preflight.js';
import type { Loose } from '../support/broken-topology.js';
import { fencedResourceConformance } from '../support/fenced-resource.conformance.js';
import { A, B } from '../support/kubernetes/clients-on-kubernetes.js';
import { accessBy, configMap, deployment, switched, type Switched } from '../support/kubernetes/installed-clients.js';
import { KubeletStandIn } from '../support/kubernetes/kubelet-stand-in.js';
import { documented, MANIFESTS } from '../support/kubernetes/manifests.js';
import { ReloaderStandIn } from '../support/kubernetes/reloader-stand-in.js';
import { startPlane } from './ground.js';

const clock = new SystemClock();
const NAMESPACE = 'orders';
const REPLICAS = 3;
const soon = () => AbortSignal.timeout(180_000);
/** Of what never comes about on a server that answers in time. */
const BRIEF_MS = 5_000;
const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

const missing = missingForKubernetes();
if (missing.length > 0) say(`skipped, clients on a real API server: missing ${missing.join(', ')}`);

/** The config-switcher at a real API server with its real controllers; kubelets and Reloader are stand-ins. */
(missing.length === 0 ? describe : describe.skip)('clients on a real API server', () => {
  let plane: ControlPlane;
  let kubelet: KubeletStandIn;
  let reloader: ReloaderStandIn | undefined;
  let access: Awaited<ReturnType<typeof accessBy>>;
  let config: KubernetesConfig | undefined;
  let made = 0;
  let at = 0;

  const apply = async (...objects: readonly object[]) => {
    const input = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    await plane.must(['apply', '--filename', '-'], { input });
  };

  beforeAll(async () => {
    plane = await startPlane();
    await plane.must(['create', 'namespace', NAMESPACE]);
    access = await accessBy(plane.kubeconfig);
    kubelet = await KubeletStandIn.start(access, NAMESPACE);
  });
  afterEach(async () => {
    await reloader?.stop();
    reloader = undefined;
    await config?.close();
    config = undefined;
    kubelet.holdsBack = false;
  });
  afterAll(async () => {
    await kubelet?.stop();
    await access?.dispatcher.destroy();
    await plane?.stop();
  });

  /** A Deployment of its own, that reads a ConfigMap of its own. */
  const install = async (parts: Partial<Switched>, spec: object = {}) => {
    made += 1;
    const [map, name] = [`clients-${made}`, `consumer-${made}`];
    await apply(configMap(NAMESPACE, map, A), deployment(NAMESPACE, name, map, REPLICAS, spec));
    await plane.must(['rollout', 'status', `deployment/${name}`, '--namespace', NAMESPACE, '--timeout', '120s']);
    const workloads = [{ kind: 'Deployment', name }];
    config = switched({
      kubeconfig: plane.kubeconfig,
      namespace: NAMESPACE,
      map,
      workloads,
      restart: 'annotation',
      ...parts,
    });
    return { map, name };
  };
  const set = async (value: ConfigData): Promise<Verification & { readonly workloads: readonly Loose[] }> => {
    expect(await config!.write(await config!.read(soon()), value, epoch((at += 1)), soon())).toBe('written');
    const verified = await config!.verify(value, soon());
    return { ...verified, workloads: (verified.observed as Loose).workloads };
  };
  /** As a step does it: what does not answer is asked again. */
  const verifiedAgain = async (limit: AbortSignal): Promise<Verification> => {
    for (;;) {
      try {
        return await config!.verify(B, limit);
      } catch (error) {
        if (limit.aborted || !(error instanceof UnavailableError)) throw error;
        await clock.sleep(100, limit);
      }
    }
  };
  const templates = async (name: string): Promise<number> => {
    const answer = await plane.must([
      'get',
      'deployment',
      name,
      '--namespace',
      NAMESPACE,
      '--output',
      'jsonpath={.metadata.generation}',
    ]);
    return Number(answer);
  };

  fencedResourceConformance<ConfigData>('a ConfigMap of a real API server', async () => {
    made += 1;
    const map = `conforms-${made}`;
    await apply(configMap(NAMESPACE, map, A));
    const resource = switched({
      kubeconfig: plane.kubeconfig,
      namespace: NAMESPACE,
      map,
      workloads: [],
      restart: 'watch-file',
    });
    return { resource, values: [A, B], end: () => resource.close() };
  });

  it.each(MANIFESTS)('are taken by the server as docs/examples/kubernetes/%s.yaml shows them', async (name) => {
    const input = documented(name)
      .map((object) => JSON.stringify(object))
      .join('\n---\n');
    const create = ['create', '--dry-run=server', '--validate=strict', '--filename', '-'];
    const answer = await plane.must(create, { input });
    expect(answer.trim().split('\n')).toHaveLength(documented(name).length);
  });

  it('is refused what was prepared before somebody else wrote, and owns no key but its own', async () => {
    const { map } = await install({});
    await set(B);
    const seen = await config!.read(soon());
    await plane.must(['label', 'configmap', map, '--namespace', NAMESPACE, 'touched=yes']);
    expect(await config!.write(seen, A, epoch((at += 1)), soon())).toBe('refused');
    const found = JSON.parse(
      await plane.must([
        'get',
        'configmap',
        map,
        '--namespace',
        NAMESPACE,
        '--show-managed-fields',
        '--output',
        'json',
      ]),
    ) as Loose;
    const ours = found.metadata.managedFields.find(({ manager }: Loose) => manager === 'signalbox');
    expect(Object.keys(ours.fieldsV1['f:data'])).toEqual(['f:client.properties']);
    expect(found.data.color).toBe('blue');
  });

  it('restarts by an annotation of ours, and follows every pod to the value', async () => {
    await install({});
    for (const value of [B, A]) {
      const { exception, workloads } = await set(value);
      expect({ exception, workloads }).toMatchObject({
        exception: undefined,
        workloads: [{ state: 'settled', by: 'signalbox', pods: REPLICAS, template: expect.any(String) }],
      });
    }
  });

  it.each(['annotations', 'env-vars'] as const)(
    'leaves it to Reloader where it runs, and a seal restarts nothing: %s',
    async (strategy) => {
      const { name } = await install({ restart: 'reloader' });
      reloader = await ReloaderStandIn.start({ ...access, namespace: NAMESPACE, strategy });
      const before = await templates(name);
      const seen = await config!.read(soon());
      expect(await config!.write(seen, seen.value, epoch((at += 1)), soon())).toBe('written');
      const { exception, workloads } = await set(B);
      expect({ exception, workloads }).toMatchObject({
        exception: undefined,
        workloads: [{ state: 'settled', by: 'reloader' }],
      });
      expect(await templates(name)).toBe(before + 1);
    },
  );

  it.each(['annotations', 'env-vars'] as const)(
    'finds and restarts what Reloader missed while it was down, and says so: %s',
    async (strategy) => {
      const { name } = await install({ restart: 'reloader', limits: { reloaderWithinMs: BRIEF_MS } });
      reloader = await ReloaderStandIn.start({ ...access, namespace: NAMESPACE, strategy });
      await set(B);
      await reloader.stop();
      const { exception, workloads } = await set(A);
      say(`Reloader stopped during the switch (${strategy}): ${exception}`);
      expect({ exception, workloads }).toMatchObject({
        exception: expect.stringContaining(`Reloader missed Deployment ${NAMESPACE}/${name}, restarted by Signalbox`),
        workloads: [{ state: 'settled', by: 'signalbox', isMissed: true, pods: REPLICAS }],
      });
    },
  );

  it('names what never becomes ready, and what its controller gave up', async () => {
    await install({ limits: { deadlineMs: BRIEF_MS } });
    kubelet.holdsBack = true;
    expect((await set(B)).workloads).toMatchObject([{ state: 'not-ready' }]);
    await kubelet.letGo();
    await config!.close();
    await install({}, { progressDeadlineSeconds: 1 });
    kubelet.holdsBack = true;
    const { workloads } = await set(B);
    expect(workloads).toMatchObject([{ state: 'stuck', problem: expect.stringContaining('timed out progressing') }]);
    await kubelet.letGo();
  });

  it('names what is paused, and rolls it when it is resumed', async () => {
    const { name } = await install({});
    await plane.must(['rollout', 'pause', `deployment/${name}`, '--namespace', NAMESPACE]);
    expect((await set(B)).workloads).toMatchObject([{ state: 'paused' }]);
    await plane.must(['rollout', 'resume', `deployment/${name}`, '--namespace', NAMESPACE]);
    expect(await config!.verify(B, soon())).toMatchObject({ observed: { workloads: [{ state: 'settled' }] } });
  });

  it('notices a change by hand while workloads come up, and leaves it to the step to set it again', async () => {
    const { map } = await install({});
    kubelet.holdsBack = true;
    expect(await config!.write(await config!.read(soon()), B, epoch((at += 1)), soon())).toBe('written');
    const verified = config!.verify(B, soon()).catch((error: unknown) => error);
    const patch = JSON.stringify({ data: { 'client.properties': 'bootstrap.servers=by.hand.example:9092\n' } });
    await plane.must(['patch', 'configmap', map, '--namespace', NAMESPACE, '--type', 'merge', '--patch', patch]);
    const found = (await verified) as Loose;
    expect(found.code ?? found.holds).toBe(found.code === undefined ? false : 'SB_UNAVAILABLE');
    await kubelet.letGo();
    expect((await set(B)).workloads).toMatchObject([{ state: 'settled' }]);
  });

  it('goes on when the API server was killed and came back while it followed', async () => {
    await install({});
    kubelet.holdsBack = true;
    expect(await config!.write(await config!.read(soon()), B, epoch((at += 1)), soon())).toBe('written');
    const verified = verifiedAgain(soon());
    await plane.kill();
    await clock.sleep(200);
    await plane.restart();
    await kubelet.stop();
    kubelet = await KubeletStandIn.start(access, NAMESPACE);
    expect(await verified).toMatchObject({ holds: true, observed: { workloads: [{ state: 'settled' }] } });
  });
});
