import type { Config } from '../config.js';
import type { KubernetesSite, KubernetesTarget } from '../kubernetes.js';
import type { Path } from '../problem.js';
import type { Topology } from '../topology.js';

/** A part of a document, and where it stands. */
export interface Placed<Part> {
  readonly at: Path;
  readonly config: Config;
  /** The group that has it. */
  readonly group: string;
  readonly site: string;
  readonly part: Part;
}

export const sitesIn = ({ groups }: Topology): readonly Placed<KubernetesSite>[] =>
  groups.flatMap(({ id: group, configs }, at) =>
    configs.flatMap((config, index) =>
      Object.entries(config.target.kind === 'kubernetes' ? config.target.sites : {}).map(([site, part]) => ({
        at: ['groups', at, 'configs', index, 'target', 'sites', site],
        config,
        group,
        site,
        part,
      })),
    ),
  );

export const targetsIn = (topology: Topology): readonly Placed<KubernetesTarget>[] =>
  sitesIn(topology).flatMap(({ at, part, ...placed }) =>
    part.targets.map((target, index) => ({ ...placed, at: [...at, 'targets', index], part: target })),
  );
