import type { Clock } from '#libs/runtime';
import { flowsOf, type Topology } from '#libs/topology';
import { ConnectClient } from './connect-client.js';
import type { LoopedGroup } from './loop-watch.js';
import { atConnect, type LocalFlow } from './mirrors.js';

/** The groups whose topics keep their names when they are copied to this site. */
export function loopedGroups(
  topology: Topology,
  flows: readonly LocalFlow[],
  callTimeoutMs: number,
  clock: Clock,
): readonly LoopedGroup[] {
  const keepingNames = atConnect(flows).filter(({ flow }) => flow.policy === 'identity');
  return keepingNames.flatMap(({ flow, connect }) =>
    topology.groups
      .filter((group) => flowsOf(topology, group).some(({ id }) => id === flow.id))
      .map(({ id, topics }) => ({
        group: id,
        flow: flow.id,
        topics,
        connect: new ConnectClient(connect, clock, callTimeoutMs),
      })),
  );
}
