import { ApiServer, fromKubeconfig, inCluster, type LoadCredentials } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import type { Config, KubernetesAccess } from '#libs/topology';
import { ConfigObject, type Owner } from './config-object.js';
import { KubernetesConfig } from './kubernetes.config.js';

/** Of this process: a pod finds its API server there. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface KubernetesPorts {
  readonly owner: Owner;
  /** Of one request. */
  readonly callTimeoutMs: number;
  readonly clock: Clock;
  readonly environment: Environment;
}

/** The objects of a config at `site`; undefined when it has none there. */
export function kubernetesConfig(config: Config, site: string, ports: KubernetesPorts): KubernetesConfig | undefined {
  const { owner, callTimeoutMs, clock, environment } = ports;
  const sites = config.target.kind === 'kubernetes' ? config.target.sites : {};
  const here = new Map(Object.entries(sites)).get(site);
  if (here === undefined) return undefined;
  const api = new ApiServer(credentialsBy(here.access, environment), clock, { callTimeoutMs });
  const objects = here.targets.map((target) => new ConfigObject(target, api, owner, clock));
  return new KubernetesConfig(config.id, objects, api, clock);
}

const credentialsBy = (access: KubernetesAccess, environment: Environment): LoadCredentials =>
  access === 'in-cluster' ? inCluster(environment) : fromKubeconfig(access.kubeconfig.file, access.context);
