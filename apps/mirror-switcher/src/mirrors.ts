import type { TopicLog } from '#libs/kafka';
import type { ResolveResource } from '#libs/jobs';
import type { Clock } from '#libs/runtime';
import { findCluster, matchesTopic, type Flow, type Topology } from '#libs/topology';
import { ConnectClient } from './connect-client.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { EpochMarker } from './epoch-marker.js';
import { endOffsetsAt } from './kafka.end-offsets.js';

const POLL_MS = 50;

/** A flow that ends at this site, and the log of the cluster it ends at. */
export interface LocalFlow {
  readonly flow: Flow;
  readonly target: TopicLog;
}

/** Finds the resource of a step among the flows that end here. */
export function mirrors(flows: readonly LocalFlow[], topology: Topology, clock: Clock): ResolveResource {
  const resources = new Map<string, ConnectRestMirror>();
  for (const { flow, target } of flows) {
    const { connect } = findCluster(topology, flow.target);
    if (connect === undefined) continue;
    const { source, checkpoint } = flow.driver;
    const client = new ConnectClient(connect, clock, topology.policy.requestTimeoutMs);
    const marker = new EpochMarker(client, flow.id, { source: flow.source, target: flow.target });
    const ends = endOffsetsAt(target, (topic) => matchesTopic(flow.topics, topic));
    resources.set(flow.id, new ConnectRestMirror(client, marker, ends, clock, { source, checkpoint, pollMs: POLL_MS }));
  }
  return (ref) => (ref.kind === 'mirror' ? resources.get(ref.flow) : undefined);
}
