import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { epoch, groupId, siteId, type RunId } from '#libs/domain';
import { ApiServer, fromKubeconfig } from '#libs/kubernetes';
import { SystemClock } from '#libs/runtime';
import { KubeconfigFile } from '../../../../test/support/kubernetes/clients-on-kubernetes.js';
import { InMemoryApiServer } from '../../../../test/support/kubernetes/in-memory-api-server.js';
import { HeldConnections } from '../fence/held-connections.js';
import { ListenerFence } from '../fence/listener-fence.js';
import { FencePolicy } from './fence-policy.js';
import { portsBut } from './policy-object.js';
import { PolicyListenerSwitch } from './policy.listener-switch.js';

const clock = new SystemClock();
const PATH = '/apis/networking.k8s.io/v1/namespaces/kafka/networkpolicies/signalbox-fence';
const SETTINGS = {
  access: 'in-cluster' as const,
  namespace: 'kafka',
  name: 'signalbox-fence',
  podLabels: { app: 'kafka' },
  ports: [9092],
};
const [orders, billing] = [groupId('orders'), groupId('billing')];
const at = (of: number, group = orders) => ({ group, epoch: epoch(of) });
/** As somebody else's: seen in the wild it has spec, labels and a manager. */
const foreign = (labels: object) => ({
  kind: 'NetworkPolicy',
  metadata: { name: 'signalbox-fence', namespace: 'kafka', labels, managedFields: [{ manager: 'kubectl-create' }] },
  spec: { podSelector: { matchLabels: { app: 'kafka' } }, policyTypes: ['Ingress'], ingress: [{}] },
});

describe('the listener switch by NetworkPolicy', () => {
  let server: InMemoryApiServer;
  let kubeconfig: KubeconfigFile;
  let api: ApiServer;
  let broker: Server;
  let port: number;
  /** What the network plugin of this cluster does about a policy. */
  let enforces: 'all' | 'new connections' | 'nothing';
  let isCut: boolean;
  const ended: (() => void)[] = [];

  const newSwitch = (site = 'a') => {
    const listeners = [{ host: '127.0.0.1', port, isTls: false }];
    const held = new HeldConnections(listeners, clock, async () => (isCut ? 1 : 0));
    ended.push(() => held.close());
    const policy = new FencePolicy(api, SETTINGS, { installation: 'signalbox', site: siteId(site) });
    return new PolicyListenerSwitch(policy, listeners, held, clock, 1_000);
  };
  const stored = () => {
    const { metadata, ...rest } = server.find(PATH) ?? {};
    return { annotations: metadata?.annotations, labels: metadata?.labels, ...rest };
  };

  beforeEach(async () => {
    server = await InMemoryApiServer.start();
    kubeconfig = new KubeconfigFile(server.url);
    api = new ApiServer(fromKubeconfig(kubeconfig.file), clock, { callTimeoutMs: 5_000 });
    broker = createServer().listen(0, '127.0.0.1');
    await once(broker, 'listening');
    ({ port } = broker.address() as AddressInfo);
    [enforces, isCut] = ['all', false];
    server.onChange = ({ spec }) => {
      const isClosed =
        (spec as { podSelector: { matchExpressions: unknown[] } }).podSelector.matchExpressions.length === 0;
      if (!isClosed || enforces === 'nothing') return;
      broker.close();
      isCut = enforces === 'all';
    };
  });
  afterEach(async () => {
    for (const end of ended.splice(0)) end();
    broker.close();
    await api.close();
    await server.down();
    kubeconfig.remove();
  });

  it('selects the brokers and lets in what does not come to the listener, under the epoch', async () => {
    const listener = newSwitch();
    expect(await listener.state()).toBe('open');
    await listener.close({ ...at(7), run: 'orders-12' as RunId });
    expect(await listener.state()).toBe('closed');
    expect(await listener.answers()).toBe(false);
    expect(stored()).toMatchObject({
      labels: { 'signalbox.io/fence': 'listener' },
      annotations: {
        'signalbox.io/epoch': '7',
        'signalbox.io/group': 'orders',
        'signalbox.io/run': 'orders-12',
        'signalbox.io/installation': 'signalbox',
      },
      spec: {
        podSelector: { matchLabels: { app: 'kafka' }, matchExpressions: [] },
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
      },
    });
  });

  it('is opened by a selector that no pod has, and keeps the epochs of all groups', async () => {
    const listener = newSwitch();
    await listener.close({ ...at(7), run: 'orders-12' as RunId });
    await listener.close(at(3, billing));
    await listener.open(at(8));
    expect(await listener.state()).toBe('open');
    expect(stored()).toMatchObject({
      annotations: { 'signalbox.io/epochs': '{"orders":8,"billing":3}' },
      spec: { podSelector: { matchExpressions: [{ key: 'signalbox.io/selects-nothing', operator: 'Exists' }] } },
    });
    expect(stored().annotations).not.toHaveProperty('signalbox.io/run');
  });

  it('makes nothing to open what was never closed', async () => {
    await newSwitch().open(at(7));
    expect(server.find(PATH)).toBeUndefined();
  });

  it('is changed under no older epoch of the same group', async () => {
    const listener = newSwitch();
    await listener.close(at(7));
    await expect(listener.open(at(6))).rejects.toMatchObject({
      code: 'SB_FENCE_POLICY',
      message: expect.stringMatching(/for orders under epoch 7, and 6 is older/),
    });
    expect(await listener.state()).toBe('closed');
    await listener.open(at(7));
    await expect(listener.close(at(6))).rejects.toMatchObject({ code: 'SB_FENCE_POLICY' });
    expect(await listener.state()).toBe('open');
  });

  it.each(['answer-lost', 'error-after', 'hangs'] as const)(
    'is closed when the answer to that is %s',
    async (trouble) => {
      const listener = newSwitch();
      await listener.close(at(6));
      await listener.open(at(6));
      server.trouble = trouble;
      // A server that hangs takes the whole time, and the next try begins anew.
      await listener.close(at(7)).catch(() => listener.close(at(7)));
      expect(await listener.state()).toBe('closed');
    },
  );

  it('compares what it has seen: who was overtaken looks again, and does not write over it', async () => {
    const [one, other] = [newSwitch(), newSwitch()];
    await Promise.all([one.close(at(7)), other.close(at(3, billing)), one.close(at(7)), other.close(at(3, billing))]);
    expect(JSON.parse(stored().annotations?.['signalbox.io/epochs'] ?? '')).toEqual({ orders: 7, billing: 3 });
  });

  it.each([
    ['its label', { 'app.kubernetes.io/managed-by': 'Helm' }, 'is of Helm'],
    ['its manager', {}, 'is of kubectl-create'],
  ])('leaves a policy of somebody else alone and names them by %s', async (_, labels, owner) => {
    const before = server.put(foreign(labels));
    const listener = newSwitch();
    const acts = [
      () => listener.close(at(7)),
      () => listener.open(at(7)),
      () => listener.state(),
      () => listener.rehearse(),
    ];
    for (const act of acts)
      await expect(act()).rejects.toMatchObject({ code: 'SB_FENCE_POLICY', message: expect.stringContaining(owner) });
    expect(server.find(PATH)).toEqual(before);
  });

  it('leaves the policy of another site alone', async () => {
    await newSwitch('b').close(at(7));
    await expect(newSwitch('a').open(at(8))).rejects.toThrow('is the fence of site b of signalbox');
  });

  it.each(['nothing', 'new connections'] as const)(
    'is no fence where the network plugin enforces it on %s: that is found out and said',
    async (what) => {
      enforces = what;
      const fence = new ListenerFence(newSwitch());
      await expect(fence.close(at(7))).rejects.toMatchObject({
        code: 'SB_FENCE_POLICY',
        message: expect.stringMatching(/clients still get through: .*network plugin does not enforce it/),
      });
      expect(fence.isClosedFor(orders)).toBe(false);
      expect(fence.mayBeClosedFor(orders)).toBe(true);
      await fence.release(at(7));
      expect(await newSwitch().state()).toBe('open');
    },
  );

  it('is believed after a restart only where nobody gets through', async () => {
    enforces = 'nothing';
    await newSwitch().close(at(7));
    const after = new ListenerFence(newSwitch());
    await after.recover([orders]);
    expect([after.isClosedFor(orders), after.mayBeClosedFor(orders)]).toEqual([false, true]);
    broker.close();
    const later = new ListenerFence(newSwitch());
    await later.recover([orders]);
    expect(later.isClosedFor(orders)).toBe(true);
  });

  it('says that somebody changed it, and closes it again', async () => {
    const listener = newSwitch();
    await listener.close(at(7));
    const closed = server.find(PATH);
    server.put({ ...closed!, spec: { ...(closed?.['spec'] as object), ingress: [{}] } });
    await expect(listener.state()).rejects.toThrow('was changed by somebody else');
    expect(await listener.standing()).toBe('unproven');
    await listener.close(at(7));
    expect(await listener.state()).toBe('closed');
  });

  it('rehearses without writing, and finds out what it may not', async () => {
    const listener = newSwitch();
    await listener.rehearse();
    expect(server.find(PATH)).toBeUndefined();
    server.denied = [PATH];
    await expect(listener.rehearse()).rejects.toMatchObject({ code: 'SB_KUBERNETES_FORBIDDEN' });
  });
});

describe('the ports that stay open', () => {
  it.each([
    [[9092], '1-9091 9093-65535'],
    [[9094, 9092, 9092], '1-9091 9093-9093 9095-65535'],
    [[1, 65_535], '2-65534'],
    [[1, 2], '3-65535'],
  ])('are all but %j', (closed, open) => {
    expect(
      portsBut(closed)
        .map(({ port, endPort }) => `${port}-${endPort}`)
        .join(' '),
    ).toBe(open);
  });
});
