import { canonicalJson } from '#libs/contracts';
import type { ResourceOrder, SiteId } from '#libs/domain';
import type { ResolveResource } from '#libs/jobs';
import type { Clock, Random } from '#libs/runtime';
import { fileAt, type Topology } from '#libs/topology';
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
    .flatMap((config) => {
      const file = fileAt(config, site);
      return file === undefined ? [] : [{ id: config.id, resource: new DirectoryConfig(file, clock, random) }];
    });

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
