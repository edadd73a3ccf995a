import { siteId } from '#libs/domain';
import { fromKubeconfig } from '#libs/kubernetes';
import { SystemClock } from '#libs/runtime';
import type { Config, KubernetesTarget } from '#libs/topology';
import { Agent } from 'undici';
import { kubernetesConfig } from '../../../apps/config-switcher/src/kubernetes/make.js';
import type { Loose } from '../broken-topology.js';
import { A, B } from './clients-on-kubernetes.js';
import type { ApiAccess } from './watched.js';

/** kubectl, as an administrator. Throws what it complained about. */
export type Kubectl = (args: readonly string[], options?: { readonly input?: string }) => Promise<string>;

/** How a stand-in reaches the API server that a kubeconfig names. */
export async function accessBy(kubeconfig: string): Promise<ApiAccess & { readonly dispatcher: Agent }> {
  const { server, ca, certificate, key } = await fromKubeconfig(kubeconfig)();
  const connect = { ...(ca && { ca }), ...(certificate && { cert: certificate }), ...(key && { key }) };
  // A watch says nothing for as long as nothing changes.
  return { url: server, dispatcher: new Agent({ connect, bodyTimeout: 0 }) };
}

/** A ConfigMap that clients read; made anew where it is there. */
export const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels: { 'signalbox.io/group': 'orders' } },
  data: { 'client.properties': `bootstrap.servers=${data['bootstrap.servers']}\n`, color: 'blue' },
});

/** Pods that mount a ConfigMap, told apart by nothing else than their number. */
export const deployment = (
  namespace: string,
  name: string,
  of: string,
  replicas: number,
  spec: object = {},
): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace, name, annotations: { 'configmap.reloader.stakater.com/reload': of } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: 'app', image: 'client', volumeMounts: [{ name: 'config', mountPath: '/etc/clients' }] }],
        volumes: [{ name: 'config', configMap: { name: of } }],
      },
    },
    ...spec,
  },
});

export interface Switched {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly map: string;
  readonly workloads: readonly { readonly kind: string; readonly name: string }[];
  readonly restart: KubernetesTarget['restart'];
  readonly limits?: { readonly reloaderWithinMs?: number; readonly deadlineMs?: number };
  /** One key of properties when absent. */
  readonly keys?: KubernetesTarget['keys'];
}

/** The config of a group, made as the config-switcher of site b makes it. */
export function switched({ kubeconfig, namespace, map, workloads, restart, limits = {}, keys }: Switched) {
  const target = {
    object: 'ConfigMap',
    namespace,
    name: map,
    keys: keys ?? { 'client.properties': { as: 'properties' } },
    restart,
    reloaderWithinMs: 60_000,
    deadlineMs: 120_000,
    workloads,
    ...limits,
  };
  const site = { access: { kubeconfig: { file: kubeconfig } }, targets: [target] };
  const declared: Loose = {
    id: 'orders-clients',
    target: { kind: 'kubernetes', sites: { b: site } },
    data: { a: A, b: B },
  };
  const owner = { installation: 'signalbox', group: 'orders' };
  const ports = { owner, callTimeoutMs: 10_000, clock: new SystemClock(), environment: {} };
  return kubernetesConfig(declared as Config, siteId('b'), ports)!;
}
