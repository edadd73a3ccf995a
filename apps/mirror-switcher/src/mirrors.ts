import type { TopicLog } from '#libs/kafka';
import type { ResolveResource } from '#libs/jobs';
import type { Clock } from '#libs/runtime';
import { matchesTopic, type Flow } from '#libs/topology';
import { ConnectClient } from './connect-client.js';
import type { WatchedFlow } from './connect-watch.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { EpochMarker } from './epoch-marker.js';
import { endOffsetsAt } from './kafka.end-offsets.js';

const POLL_MS = 50;

/** A flow that ends at this site, the Connect that runs it and the log of the cluster it ends at. */
export interface LocalFlow {
  readonly flow: Flow;
  readonly connect: string;
  readonly target: TopicLog;
}

/** Finds the resource of a step among the flows that end here. */
export function mirrors(flows: readonly LocalFlow[], callTimeoutMs: number, clock: Clock): ResolveResource {
  const resources = new Map<string, ConnectRestMirror>(
    flows.map((local) => [local.flow.id, mirror(local, new ConnectClient(local.connect, clock, callTimeoutMs), clock)]),
  );
  return (ref) => (ref.kind === 'mirror' ? resources.get(ref.flow) : undefined);
}

export const watchedFlows = (
  flows: readonly LocalFlow[],
  callTimeoutMs: number,
  clock: Clock,
): readonly WatchedFlow[] =>
  flows.map(({ flow, connect }) => ({
    connect: new ConnectClient(connect, clock, callTimeoutMs),
    connectors: [flow.driver.source, flow.driver.checkpoint],
  }));

function mirror({ flow, target }: LocalFlow, connect: ConnectClient, clock: Clock): ConnectRestMirror {
  const { source, checkpoint } = flow.driver;
  const marker = new EpochMarker(connect, flow.id, { source: flow.source, target: flow.target });
  const ends = endOffsetsAt(target, (topic) => matchesTopic(flow.topics, sourceTopic(flow, topic)));
  return new ConnectRestMirror(connect, marker, ends, clock, { source, checkpoint, pollMs: POLL_MS });
}

/** The default policy puts the source's alias and a dot before the name. */
const sourceTopic = ({ policy }: Flow, targetTopic: string): string =>
  policy === 'identity' ? targetTopic : targetTopic.slice(targetTopic.indexOf('.') + 1);
