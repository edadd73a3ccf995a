import { canonicalJson } from '#libs/contracts';
import type { GroupId, ResourceOrder, SiteId } from '#libs/domain';
import type { ResolveResource } from '#libs/jobs';
import type { Clock, Random } from '#libs/runtime';
import { fileAt, type Config, type Topology } from '#libs/topology';
import type { ClientConfig } from './client-config.js';
import { DirectoryConfig } from './directory.config.js';
import { kubernetesConfig, type Environment } from './kubernetes/make.js';

/** A config of the topology, where clients of this site read it. */
export interface LocalConfig {
  readonly id: string;
  readonly resource: ClientConfig;
}

/** What the configs of this site are made with. */
export interface LocalPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly environment: Environment;
}

/** Every group's configs; a group that does not live here has none here. */
export const localConfigs = (topology: Topology, site: SiteId, ports: LocalPorts): readonly LocalConfig[] =>
  topology.groups.flatMap(({ id: group, configs }) =>
    configs.flatMap((config) => {
      const resource = resourceAt(config, group, { topology, site, ...ports });
      return resource === undefined ? [] : [{ id: config.id, resource }];
    }),
  );

interface Here extends LocalPorts {
  readonly topology: Topology;
  readonly site: SiteId;
}

function resourceAt(config: Config, group: GroupId, here: Here): ClientConfig | undefined {
  const { topology, site, clock, random, environment } = here;
  const file = fileAt(config, site);
  if (file !== undefined) return new DirectoryConfig(file, clock, random);
  const { installation, policy } = topology;
  const callTimeoutMs = policy.requestTimeoutMs;
  return kubernetesConfig(config, site, { owner: { installation, group }, callTimeoutMs, clock, environment });
}

/** Finds the resource of a step; what clients of another site read is that site's business. */
export function resolveAt(site: SiteId, configs: readonly LocalConfig[]): ResolveResource {
  const resources = new Map(configs.map(({ id, resource }) => [id, resource]));
  return (ref) => (ref.kind === 'config' && ref.site === site ? resources.get(ref.config) : undefined);
}

/**
 * Whether an order says what the topology still says of that config, for whichever site: who edits signalbox.yaml and
 * then the file by hand is not undone by what an earlier run had set.
 */
export const isInTopology =
  (topology: Topology) =>
  ({ resource, value }: ResourceOrder): boolean =>
    topology.groups
      .flatMap(({ configs }) => configs)
      .filter(({ id }) => resource.kind === 'config' && resource.config === id)
      .some(({ data }) => Object.values(data).some((each) => canonicalJson(each) === canonicalJson(value)));
