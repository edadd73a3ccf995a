import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, siteId, type Verification } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import type { Config, KubernetesTarget } from '#libs/topology';
import { A, B, clientsMap, KubeconfigFile } from '../../../../test/support/kubernetes/clients-on-kubernetes.js';
import { InMemoryApiServer } from '../../../../test/support/kubernetes/in-memory-api-server.js';
import { InMemoryControllers } from '../../../../test/support/kubernetes/in-memory-controllers.js';
import { ReloaderStandIn } from '../../../../test/support/kubernetes/reloader-stand-in.js';
import type { Loose } from '../../../../test/support/broken-topology.js';
import type { KubernetesConfig } from '../kubernetes/kubernetes.config.js';
import { kubernetesConfig } from '../kubernetes/make.js';

const clock = new SystemClock();
const soon = () => AbortSignal.timeout(30_000);
/** Of what never comes about; of what does, a guard only. */
const BRIEF_MS = 700;
const AMPLE_MS = 20_000;

describe('the workloads that read a config', () => {
  let server: InMemoryApiServer;
  let controllers: InMemoryControllers;
  let kubeconfig: KubeconfigFile;
  let config: KubernetesConfig;
  let reloader: ReloaderStandIn | undefined;
  let at = 0;

  beforeEach(async () => {
    server = await InMemoryApiServer.start();
    server.put(clientsMap());
    controllers = new InMemoryControllers(server);
    kubeconfig = new KubeconfigFile(server.url);
  });
  afterEach(async () => {
    await reloader?.stop();
    reloader = undefined;
    await config.close();
    await server.down();
    kubeconfig.remove();
  });

  const read = (restart: KubernetesTarget['restart'], workloads: readonly Loose[], limits: Loose = {}) => {
    const target = {
      object: 'ConfigMap',
      namespace: 'orders',
      name: 'clients',
      keys: { 'client.properties': { as: 'properties' } },
      restart,
      reloaderWithinMs: AMPLE_MS,
      deadlineMs: AMPLE_MS,
      workloads,
      ...limits,
    };
    const site = { access: { kubeconfig: { file: kubeconfig.file } }, targets: [target] };
    const declared: Loose = {
      id: 'orders-clients',
      target: { kind: 'kubernetes', sites: { b: site } },
      data: { a: A, b: B },
    };
    const owner = { installation: 'signalbox', group: 'orders' };
    config = kubernetesConfig(declared as Config, siteId('b'), {
      owner,
      callTimeoutMs: 5_000,
      clock,
      environment: {},
    })!;
  };
  /** Written and verified, as a step does it. */
  const set = async (value: typeof A): Promise<Verification & { readonly workloads: readonly Loose[] }> => {
    expect(await config.write(await config.read(soon()), value, epoch((at += 1)), soon())).toBe('written');
    const verified = await config.verify(value, soon());
    return { ...verified, workloads: (verified.observed as Loose).workloads };
  };
  const CONSUMER = { kind: 'Deployment', name: 'consumer' };
  const startReloader = async (strategy: 'annotations' | 'env-vars') => {
    reloader = await ReloaderStandIn.start({ url: server.url, namespace: 'orders', strategy });
  };

  it('are restarted by an annotation of ours, whatever they are, and again after a change and its revert', async () => {
    const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'];
    for (const kind of kinds) controllers.create(kind, `consumer-${kind.toLowerCase()}`);
    read(
      'annotation',
      kinds.map((kind) => ({ kind, name: `consumer-${kind.toLowerCase()}` })),
    );
    const templates = new Set<string>();
    for (const value of [B, A, B]) {
      const { holds, exception, workloads } = await set(value);
      expect({ holds, exception }).toEqual({ holds: true, exception: undefined });
      expect(workloads.map(({ state, by, pods }) => [state, by, pods])).toEqual(
        kinds.map(() => ['settled', 'signalbox', 2]),
      );
      for (const { template } of workloads) templates.add(template);
    }
    expect([...templates].toSorted()).toEqual(['2', '3', '4']);
  });

  it('are not restarted by a seal, nor by the same value under another epoch', async () => {
    controllers.create('Deployment', 'consumer');
    read('annotation', [CONSUMER]);
    await set(B);
    const before = controllers.pods('consumer').map(({ metadata }) => metadata.name);
    await set(B);
    expect(controllers.pods('consumer').map(({ metadata }) => metadata.name)).toEqual(before);
  });

  it.each(['annotations', 'env-vars'] as const)(
    'are left to Reloader where it does its work, strategy %s',
    async (strategy) => {
      controllers.create('Deployment', 'consumer');
      read('reloader', [CONSUMER]);
      await startReloader(strategy);
      for (const value of [B, A]) {
        const { exception, workloads } = await set(value);
        expect({ exception, workloads }).toMatchObject({
          exception: undefined,
          workloads: [{ state: 'settled', by: 'reloader', isMissed: false }],
        });
      }
    },
  );

  it('are found and restarted when Reloader is down, and that is said', async () => {
    controllers.create('Deployment', 'consumer');
    controllers.create('StatefulSet', 'ledger');
    read('reloader', [CONSUMER, { kind: 'StatefulSet', name: 'ledger' }], { reloaderWithinMs: 300 });
    await startReloader('env-vars');
    await set(B);
    await reloader!.stop();
    const missed = await set(A);
    expect(missed).toMatchObject({
      holds: true,
      exception: expect.stringMatching(
        /Reloader missed Deployment orders\/consumer, StatefulSet orders\/ledger, restarted by Signalbox/,
      ),
      workloads: [
        { state: 'settled', by: 'signalbox', isMissed: true },
        { state: 'settled', by: 'signalbox', isMissed: true },
      ],
    });
    // It never notices what changed while it was down, and goes on from what is there.
    await startReloader('env-vars');
    const [pod] = controllers.pods('consumer');
    expect((pod as Loose).metadata.annotations).toHaveProperty(['config.signalbox.io/orders-clients']);
  });

  it.each([
    ['crashes', 'not-ready', /CrashLoopBackOff.*Its logs say more/],
    ['lacks-a-key', 'missing-key', /find key servers in ConfigMap/],
    ['gives-up', 'stuck', /has timed out progressing/],
    ['is-not-seen', 'not-ready', /its controller has not seen the restart|was asked for/],
    ['keeps-one', 'old-pods', /has the old value and does not end/],
  ] as const)(
    'end in a named state, by their deadline at the latest: one that %s is %s',
    async (manner, state, problem) => {
      controllers.create('Deployment', 'consumer');
      read('annotation', [CONSUMER], { deadlineMs: BRIEF_MS });
      controllers.manner = manner;
      const { holds, exception, workloads } = await set(B);
      expect({ holds, workloads }).toMatchObject({
        holds: true,
        workloads: [{ state, problem: expect.stringMatching(problem) }],
      });
      expect(exception).toContain(`${state}: `);
    },
  );

  it('that are paused or replaced only by hand are told at once', async () => {
    controllers.create('Deployment', 'consumer', { paused: true });
    controllers.create('StatefulSet', 'ledger', { updateStrategy: { type: 'OnDelete' } });
    read('annotation', [CONSUMER, { kind: 'StatefulSet', name: 'ledger' }]);
    const { workloads } = await set(B);
    expect(workloads.map(({ state }) => state)).toEqual(['paused', 'on-delete']);
  });

  it('are not restarted against a PodDisruptionBudget that is kept, and are when it is broken anyway', async () => {
    const budget = (currentHealthy: number) => ({
      kind: 'PodDisruptionBudget',
      metadata: { name: 'consumers' },
      spec: { selector: { matchLabels: { app: 'consumer' } } },
      status: { disruptionsAllowed: 0, currentHealthy, desiredHealthy: 2 },
    });
    controllers.create('Deployment', 'consumer', { strategy: { type: 'Recreate' } });
    read('annotation', [CONSUMER], { deadlineMs: BRIEF_MS });
    server.put(budget(2));
    const { workloads } = await set(B);
    expect(workloads).toMatchObject([
      { state: 'blocked-by-pdb', problem: expect.stringContaining('PodDisruptionBudget consumers') },
    ]);
    await config.close();
    read('annotation', [CONSUMER]);
    server.put(budget(1));
    expect((await set(A)).workloads).toMatchObject([{ state: 'settled' }]);
  });

  it('that are not there, or not ours to touch, are named and hold up no other', async () => {
    controllers.create('Deployment', 'consumer');
    controllers.create('Deployment', 'locked');
    server.denied = ['/apis/apps/v1/namespaces/orders/deployments/locked'];
    read('annotation', [CONSUMER, { ...CONSUMER, name: 'gone' }, { ...CONSUMER, name: 'locked' }]);
    const { workloads, exception } = await set(B);
    expect(workloads.map(({ state }) => state)).toEqual(['settled', 'missing', 'forbidden']);
    expect(exception).toMatch(/missing: Deployment orders\/gone: .* · forbidden: Deployment orders\/locked: /);
  });

  it('are followed anew when somebody changes the value by hand meanwhile', async () => {
    controllers.create('Deployment', 'consumer');
    read('annotation', [CONSUMER]);
    controllers.manner = 'is-not-seen';
    await config.write(await config.read(soon()), B, epoch((at += 1)), soon());
    const verified = config.verify(B, soon());
    while (!JSON.stringify(server.all('Deployment')).includes('config.signalbox.io/')) await clock.sleep(5);
    server.put({ ...clientsMap(), metadata: (server.all('ConfigMap')[0] as Loose).metadata });
    await expect(verified).rejects.toMatchObject({
      code: 'SB_UNAVAILABLE',
      message: expect.stringContaining('somebody changed it'),
    });
  });
});
