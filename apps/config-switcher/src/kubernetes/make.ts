import { ApiServer, credentialsBy, type Environment, type Owner } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import type { Config } from '#libs/topology';
import { ConfigObject } from './config-object.js';
import { KubernetesConfig } from './kubernetes.config.js';

export type { Environment } from '#libs/kubernetes';

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
