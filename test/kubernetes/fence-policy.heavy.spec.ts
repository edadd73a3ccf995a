import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epoch, groupId, siteId, type RunId } from '#libs/domain';
import { ApiServer, fromKubeconfig } from '#libs/kubernetes';
import { SystemClock } from '#libs/runtime';
import { FencePolicy } from '../../apps/site-guard/src/network-policy/fence-policy.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { missingForKubernetes } from '../lab/kubernetes/preflight.js';
import type { Loose } from '../support/broken-topology.js';
import { startPlane } from './ground.js';

const clock = new SystemClock();
const NAME = 'signalbox-fence';
const PATH = '/apis/networking.k8s.io/v1/namespaces/kafka/networkpolicies';
const RESOURCE = 'networkpolicies.networking.k8s.io';
const soon = () => AbortSignal.timeout(60_000);
const order = (group: string, at: number) => ({ group: groupId(group), epoch: epoch(at) });

/** With the rights that the chart's Role gives: get, patch and create of one name, and no other. */
(missingForKubernetes().length === 0 ? describe : describe.skip)(
  'the NetworkPolicy of a fence on a real API server',
  () => {
    let plane: ControlPlane;
    let folder: string;
    const apis: ApiServer[] = [];

    const newPolicy = (name = NAME): FencePolicy => {
      const api = new ApiServer(fromKubeconfig(join(folder, 'kubeconfig')), clock, { callTimeoutMs: 30_000 });
      apis.push(api);
      const settings = {
        access: 'in-cluster' as const,
        namespace: 'kafka',
        name,
        podLabels: { app: 'kafka' },
        ports: [9092],
      };
      return new FencePolicy(api, settings, { installation: 'signalbox', site: siteId('a') });
    };
    const stored = async (): Promise<Loose> =>
      JSON.parse((await plane.request({ method: 'GET', path: `${PATH}/${NAME}` })).text);

    beforeAll(async () => {
      plane = await startPlane({ controllers: false });
      folder = mkdtempSync(join(tmpdir(), 'signalbox-fence-policy-'));
      await plane.must(['create', 'namespace', 'kafka']);
      await plane.must(['create', 'serviceaccount', 'guard', '-n', 'kafka']);
      const verbs = '--verb=get,patch,create';
      await plane.must([
        'create',
        'role',
        'guard',
        '-n',
        'kafka',
        verbs,
        `--resource=${RESOURCE}`,
        `--resource-name=${NAME}`,
      ]);
      await plane.must([
        'create',
        'rolebinding',
        'guard',
        '-n',
        'kafka',
        '--role=guard',
        '--serviceaccount=kafka:guard',
      ]);
      const config: Loose = JSON.parse(await plane.must(['config', 'view', '--raw', '--output', 'json']));
      const token = (await plane.must(['create', 'token', 'guard', '-n', 'kafka'])).trim();
      for (const each of config.users) each.user = { token };
      writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));
    });
    beforeEach(() => plane.must(['delete', RESOURCE, '--all', '-n', 'kafka']));
    afterAll(async () => {
      await Promise.all(apis.map((api) => api.close()));
      await plane?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is rehearsed, made, closed, opened and read back, and the API server leaves it as it was written', async () => {
      const policy = newPolicy();
      await policy.rehearse(soon());
      expect(await policy.read(soon())).toBeUndefined();
      await policy.set('closed', { ...order('orders', 7), run: 'orders-12' as RunId }, soon());
      expect(await policy.read(soon())).toMatchObject({ state: 'closed', epochs: new Map([['orders', 7]]) });
      expect((await stored()).spec).toEqual({
        podSelector: { matchLabels: { app: 'kafka' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            ports: [
              { protocol: 'TCP', port: 1, endPort: 9091 },
              { protocol: 'TCP', port: 9093, endPort: 65_535 },
              { protocol: 'UDP', port: 1, endPort: 65_535 },
            ],
          },
        ],
      });
      await policy.set('open', order('orders', 8), soon());
      expect(await policy.read(soon())).toMatchObject({ state: 'open', epochs: new Map([['orders', 8]]) });
      expect((await stored()).metadata.annotations).not.toHaveProperty('signalbox.io/run');
      await expect(policy.set('closed', order('orders', 7), soon())).rejects.toMatchObject({ code: 'SB_FENCE_POLICY' });
    });

    it('keeps every order of many that come at once, from where there is none on', async () => {
      const groups = ['orders', 'billing', 'ledger', 'stock', 'mail', 'web'];
      await Promise.all(groups.map((group, at) => newPolicy().set('closed', order(group, at + 1), soon())));
      expect(await newPolicy().read(soon())).toMatchObject({
        state: 'closed',
        epochs: new Map(groups.map((group, at) => [group, at + 1])),
      });
    });

    it('is not taken from somebody else, whose it is said', async () => {
      const spec = { podSelector: {}, policyTypes: ['Ingress'] };
      const body = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: NAME }, spec };
      await plane.request({ method: 'POST', path: `${PATH}?fieldManager=somebody`, body });
      const before = await stored();
      await expect(newPolicy().set('closed', order('orders', 7), soon())).rejects.toMatchObject({
        code: 'SB_FENCE_POLICY',
        message: expect.stringContaining('is of somebody, and no fence of Signalbox'),
      });
      expect(await stored()).toEqual(before);
    });

    it('is the only one that these rights make', async () => {
      const other = newPolicy('another');
      for (const act of [() => other.rehearse(soon()), () => other.set('closed', order('orders', 7), soon())])
        await expect(act()).rejects.toMatchObject({ code: 'SB_KUBERNETES_FORBIDDEN' });
      const can = (...asked: string[]) =>
        plane.kubectl(['auth', 'can-i', ...asked, '-n', 'kafka', '--as', 'system:serviceaccount:kafka:guard']);
      expect((await can('create', `${RESOURCE}/${NAME}`)).stdout.trim()).toBe('yes');
      expect((await can('create', RESOURCE)).stdout.trim()).toBe('no');
      expect((await can('delete', `${RESOURCE}/${NAME}`)).stdout.trim()).toBe('no');
    });
  },
);
