import { flowId, groupId } from '#libs/domain';
import type { Topology } from '#libs/topology';

type Given = readonly [pattern: RegExp, change: (topology: Topology, ...words: readonly string[]) => Topology];

const everyGroup = (topology: Topology, change: Partial<Topology['groups'][number]>): Topology => ({
  ...topology,
  groups: topology.groups.map((group) => ({ ...group, ...change })),
});

/** What is different about the documented example in a scenario. */
export const GIVEN: readonly Given[] = [
  [
    /^given mode (observe|approve|automatic)$/,
    (topology, mode) => everyGroup(topology, { mode: mode as 'observe' | 'approve' | 'automatic' }),
  ],
  [
    /^given fence mode (strict|guarded|advisory)$/,
    (topology, fenceMode) => everyGroup(topology, { fenceMode: fenceMode as 'strict' | 'guarded' | 'advisory' }),
  ],
  [/^given no witness$/, (topology) => ({ ...topology, sites: topology.sites.filter(({ witness }) => !witness) })],
  [
    /^given no flow (\S+)$/,
    (topology, id) => ({ ...topology, flows: topology.flows.filter((flow) => flow.id !== id) }),
  ],
  [/^given (\d+) groups$/, (topology, count) => manyGroups(topology, Number(count))],
];

/** Each with a topic, two flows and a name of its own. */
function manyGroups(topology: Topology, count: number): Topology {
  const ids = Array.from({ length: count }, (_, at) => `orders-${String(at + 1).padStart(3, '0')}`);
  return {
    ...topology,
    flows: ids.flatMap((id) =>
      topology.flows.map((flow) => ({ ...flow, id: flowId(`${flow.id}-${id}`), topics: [id] })),
    ),
    groups: ids.flatMap((id) =>
      topology.groups.map((group) => ({
        ...group,
        id: groupId(id),
        topics: [id],
        traffic: group.traffic.map((name) => ({ ...name, name: `${id}.example` })),
      })),
    ),
  };
}
