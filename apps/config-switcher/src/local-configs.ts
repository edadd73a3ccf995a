import type { SiteId } from '#libs/domain';
import type { ResolveResource } from '#libs/jobs';
import type { Clock, Random } from '#libs/runtime';
import type { Topology } from '#libs/topology';
import { DirectoryConfig } from './directory.config.js';

/** A config of the topology, where clients of this site read it. */
export interface LocalConfig {
  readonly id: string;
  readonly resource: DirectoryConfig;
}

/** Every group's configs; a group that does not live here has no file here. */
export const localConfigs = (topology: Topology, site: SiteId, clock: Clock, random: Random): readonly LocalConfig[] =>
  topology.groups
    .flatMap(({ configs }) => configs)
    .flatMap(({ id, target }) => {
      const file = target.files[site];
      return file === undefined ? [] : [{ id, resource: new DirectoryConfig(file, clock, random) }];
    });

/** Finds the resource of a step; what clients of another site read is that site's business. */
export function resolveAt(site: SiteId, configs: readonly LocalConfig[]): ResolveResource {
  const resources = new Map(configs.map(({ id, resource }) => [id, resource]));
  return (ref) => (ref.kind === 'config' && ref.site === site ? resources.get(ref.config) : undefined);
}
