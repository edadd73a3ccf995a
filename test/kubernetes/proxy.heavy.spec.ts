import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch } from '#libs/domain';
import { openCluster } from '#libs/kafka';
import { renderedData, type KeyRendering } from '#libs/topology';
import type { KubernetesConfig } from '../../apps/config-switcher/src/kubernetes/kubernetes.config.js';
import { count } from '../demo/counts.js';
import { readTopic } from '../demo/topic-reader.js';
import { until } from '../lab/condition.js';
import { TOPIC } from '../lab/flow.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { missingForKubernetes } from '../lab/kubernetes/preflight.js';
import { missingForProxies } from '../lab/kroxylicious.js';
import { Lab } from '../lab/lab.js';
import { KAFKA_SITES, type KafkaSite } from '../lab/layout.js';
import type { Loose } from '../support/broken-topology.js';
import { accessBy, switched } from '../support/kubernetes/installed-clients.js';
import { KubeletStandIn } from '../support/kubernetes/kubelet-stand-in.js';
import { behindProxy } from '../support/kubernetes/manifests.js';
import { ProxiedClients } from '../support/kubernetes/proxied-clients.js';
import { ReloaderStandIn } from '../support/kubernetes/reloader-stand-in.js';
import { labAccess } from '../support/lab-kafka.js';
import { startPlane } from './ground.js';

const NAMESPACE = 'orders';
const MAP = 'proxy';
const KEY = 'config.yaml';
const NAME = 'consumer';
/** Below what the kernel and other tests hand out, and another one for every lab. */
const FIRST_PORT = 19_500;
const PORTS_EACH = 10;
/** What has been acknowledged before anything is moved. */
const RECORDS = 100;
const SERVED_WITHIN_MS = 180_000;
const soon = () => AbortSignal.timeout(SERVED_WITHIN_MS);
const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

const missing = [...missingForKubernetes(), ...missingForProxies()];
if (missing.length > 0) say(`skipped, clients behind a proxy: missing ${missing.join(', ')}`);

/** Two real clusters, a real API server, a real proxy; the kubelet and Reloader are stand-ins. */
(missing.length === 0 ? describe : describe.skip)('clients behind a proxy in their pod', () => {
  let lab: Lab;
  let plane: ControlPlane;
  let access: Awaited<ReturnType<typeof accessBy>>;
  let clients: ProxiedClients;
  let kubelet: KubeletStandIn;
  let reloader: ReloaderStandIn;
  let config: KubernetesConfig;
  let moves = 0;

  const dataOf = (site: KafkaSite) => ({ 'bootstrap.servers': lab.site(site).kafka.clientAddress });

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka'], onProgress: say });
    plane = await startPlane({ layout: lab.layout });
    await plane.must(['create', 'namespace', NAMESPACE]);
    access = await accessBy(plane.kubeconfig);
    const port = FIRST_PORT + PORTS_EACH * lab.layout.net;
    const rendering: KeyRendering = {
      as: 'kroxylicious',
      setting: 'bootstrap.servers',
      listen: `127.0.0.1:${port}`,
      nodeIds: [{ start: 1, end: 1 }],
    };
    clients = new ProxiedClients({
      run: lab.run,
      topic: TOPIC,
      login: { username: 'app', password: lab.password('app') },
      proxy: { host: '127.0.0.1', port },
      map: MAP,
      key: KEY,
      siteIn: (text) => KAFKA_SITES.find((site) => text.includes(dataOf(site)['bootstrap.servers'])) ?? 'a',
    });
    kubelet = await KubeletStandIn.start({ ...access, containers: clients }, NAMESPACE);
    reloader = await ReloaderStandIn.start({ ...access, namespace: NAMESPACE, strategy: 'annotations' });
    config = switched({
      kubeconfig: plane.kubeconfig,
      namespace: NAMESPACE,
      map: MAP,
      keys: { [KEY]: rendering },
      workloads: [{ kind: 'Deployment', name: NAME }],
      restart: 'reloader',
    });
    const input = behindProxy({
      namespace: NAMESPACE,
      name: NAME,
      map: MAP,
      text: renderedData(rendering, dataOf('a')),
    });
    await plane.must(['apply', '--filename', '-'], { input });
    await plane.must(['rollout', 'status', `deployment/${NAME}`, '--namespace', NAMESPACE, '--timeout', '300s']);
  });
  afterAll(async () => {
    await config?.close();
    await reloader?.stop();
    await kubelet?.stop();
    await clients?.stopAll();
    await access?.dispatcher.destroy();
    await plane?.stop();
    await lab?.down();
  });

  const ackedAt = (site: KafkaSite) => clients.ledger.acknowledged.filter((each) => each.site === site).length;
  const servedMore = async (site: KafkaSite) => {
    const before = ackedAt(site);
    await until(`${RECORDS} more records by way of ${site}`, SERVED_WITHIN_MS, async () => {
      if (ackedAt(site) < before + RECORDS) throw new Error(`${ackedAt(site) - before} records`);
    });
  };
  const move = async (to: KafkaSite): Promise<readonly Loose[]> => {
    moves += 1;
    expect(await config.write(await config.read(soon()), dataOf(to), epoch(moves), soon())).toBe('written');
    const { exception, observed } = await config.verify(dataOf(to), soon());
    expect(exception).toBeUndefined();
    return (observed as Loose).workloads;
  };
  const logOf = async (site: KafkaSite) => {
    const cluster = openCluster(labAccess(lab, site, 'admin'));
    try {
      return await readTopic(cluster.log, TOPIC);
    } finally {
      await cluster.close();
    }
  };

  it('are served by the site that their mapping names, before and after a failover, and after the failback', async () => {
    await servedMore('a');
    await lab.kill('a');
    expect(await move('b')).toMatchObject([{ state: 'settled', by: 'reloader', pods: 1 }]);
    await servedMore('b');
    await lab.restart('a');
    expect(await move('a')).toMatchObject([{ state: 'settled', by: 'reloader', pods: 1 }]);
    await servedMore('a');
    expect(clients.led).toEqual(['a', 'b', 'a']);
    await clients.stopAll();

    const logs = { a: await logOf('a'), b: await logOf('b') };
    const { ackedRecords, missingRecords } = count(clients.ledger, logs);
    say(
      `behind a proxy: ${ackedRecords} records acknowledged, ${ackedAt('a')} by way of A and ${ackedAt('b')} of B; ` +
        `${missingRecords.length} in no log; A holds ${logs.a.length}, B ${logs.b.length}`,
    );
    expect(missingRecords).toEqual([]);
    const held = { a: new Set(logs.a), b: new Set(logs.b) };
    expect(clients.ledger.acknowledged.filter(({ id, site }) => !held[site].has(id))).toEqual([]);
    expect(new Set([...logs.a, ...logs.b]).size).toBe(logs.a.length + logs.b.length);
  });
});
