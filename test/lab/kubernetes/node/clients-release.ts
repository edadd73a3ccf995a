import { renderedData } from '#libs/topology';
import { clientConfigData } from '../../client-config.js';
import type { Layout } from '../../layout.js';
import type { Document } from '../../topology-file.js';
import { GROUP_LABEL } from '../strimzi-mirrors.js';
import { PAUSE_IMAGE } from './containerd.js';
import { PROXY_IMAGE } from './images.js';
import type { KubernetesSite } from './kubernetes-site.js';

/** Of the clients, with the ConfigMap that their proxies read. */
export const CLIENTS_NAMESPACE = 'orders';
/** The Deployment, and what its pods are found by. */
export const CLIENTS = 'clients';
/** All that clients know: their pod's own proxy. */
export const PROXY_ADDRESS = 'localhost:9192';
const MAPPING = 'proxy';
const KEY = 'config.yaml';
const MOUNTED = '/etc/kroxylicious';
/** Of a busy machine, on which a proxy starts. */
const STARTS_WITHIN_S = 300;

type Config = NonNullable<NonNullable<Document['groups']>[number]['configs']>[number];
type Target = Extract<Config['target'], { readonly kind: 'kubernetes' }>['sites'][string]['targets'][number];

const RENDERING = {
  as: 'kroxylicious',
  setting: 'bootstrap.servers',
  listen: PROXY_ADDRESS,
  nodeIds: [{ start: 1, end: 1 }],
} as const;

/** What Signalbox changes at a site, and whose pods it follows to it. */
export const CLIENTS_TARGET: Target = {
  object: 'ConfigMap',
  namespace: CLIENTS_NAMESPACE,
  name: MAPPING,
  keys: { [KEY]: { ...RENDERING, nodeIds: [...RENDERING.nodeIds] } },
  restart: 'reloader',
  workloads: [{ kind: 'Deployment', name: CLIENTS }],
};

/** What runs in the pods, beside their proxy. */
export interface ClientPods {
  readonly replicas: number;
  readonly container: object;
  readonly volumes: readonly object[];
}

const NOBODY: ClientPods = { replicas: 0, container: { name: 'app', image: PAUSE_IMAGE }, volumes: [] };

/** What the clients' own release brings to a site: the mapping, as a person makes it while home is active, and no pods yet. */
export const clientsRelease = (layout: Layout): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: MAPPING, namespace: CLIENTS_NAMESPACE, labels: GROUP_LABEL },
    data: { [KEY]: renderedData(RENDERING, clientConfigData(layout, 'a')) },
  },
  clientsDeployment(NOBODY),
];

/** What a site's ConfigMap says, and the epoch that it was sealed under; none before the first run. */
export async function clientsMapping({
  plane,
}: KubernetesSite): Promise<{ readonly text: string; readonly epoch?: number }> {
  const path = `/api/v1/namespaces/${CLIENTS_NAMESPACE}/configmaps/${MAPPING}`;
  const { text } = await plane.request({ method: 'GET', path });
  const { metadata, data } = JSON.parse(text) as {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly data: Readonly<Record<string, string>>;
  };
  const epoch = metadata.annotations?.['signalbox.io/epoch'];
  return { text: data[KEY] ?? '', ...(epoch !== undefined && { epoch: Number(epoch) }) };
}

/** As docs/examples/kubernetes/kroxylicious.yaml has it. */
export const clientsDeployment = ({ replicas, container, volumes }: ClientPods): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: CLIENTS,
    namespace: CLIENTS_NAMESPACE,
    annotations: { 'configmap.reloader.stakater.com/reload': MAPPING },
  },
  spec: {
    replicas,
    selector: { matchLabels: { app: CLIENTS } },
    template: {
      metadata: { labels: { app: CLIENTS } },
      spec: {
        terminationGracePeriodSeconds: 5,
        initContainers: [proxy],
        containers: [container],
        volumes: [{ name: 'mapping', configMap: { name: MAPPING } }, ...volumes],
      },
    },
  },
});

const proxy = {
  name: 'proxy',
  image: PROXY_IMAGE,
  restartPolicy: 'Always',
  args: [`${MOUNTED}/${KEY}`],
  startupProbe: {
    tcpSocket: { port: Number(PROXY_ADDRESS.split(':')[1]) },
    periodSeconds: 1,
    failureThreshold: STARTS_WITHIN_S,
  },
  // Whoever asks for nothing gets next to nothing of a busy node.
  resources: { requests: { cpu: '200m' } },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  volumeMounts: [{ name: 'mapping', mountPath: MOUNTED, readOnly: true }],
};
