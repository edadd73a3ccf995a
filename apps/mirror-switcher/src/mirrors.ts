import type { FencedResource } from '#libs/domain';
import { mannerOf, targetTopicOf, type TopicLog, type TransactionalWriter, type WholeLog } from '#libs/kafka';
import type { ResolveResource } from '#libs/jobs';
import type { Clock } from '#libs/runtime';
import { matchesTopic, type Flow } from '#libs/topology';
import { ConnectClient } from './connect-client.js';
import type { WatchedFlow } from './connect-watch.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { ConnectRestPositions } from './connect-rest.positions.js';
import { EpochMarker } from './epoch-marker.js';
import { FlowBacklog } from './flow-backlog.js';
import { endOffsetsAt } from './kafka.end-offsets.js';
import type { RenderedConnectors } from './rendered-connectors.js';
import { FlowSalvage } from './salvage/flow-salvage.js';
import { SourceLog } from './source-log.js';
import { StoredPositions } from './stored-positions.js';
import type { TendedFlow } from './task-restarts.js';

const POLL_MS = 50;
/** Asks every partition of the source: a drain takes seconds anyway. */
const BACKLOG_POLL_MS = 250;

/** A flow that ends at this site, the Connect that runs it and the logs of the clusters at both of its ends. */
export interface LocalFlow {
  readonly flow: Flow;
  readonly connect: string;
  readonly source: TopicLog;
  readonly target: TopicLog;
  /** The same logs, for records that are copied whole. */
  readonly copying: { readonly source: WholeLog; readonly target: WholeLog; readonly writer: TransactionalWriter };
  /** How its connectors are created when Connect does not have them. Holds secrets. */
  readonly rendered: RenderedConnectors;
  /** Those that `rendered` holds. */
  readonly secrets: readonly string[];
}

type FlowResources = Readonly<Record<'mirror' | 'positions' | 'backlog' | 'salvage', FencedResource<unknown>>>;

/** Finds the resource of a step among the flows that end here. */
export function mirrors(flows: readonly LocalFlow[], callTimeoutMs: number, clock: Clock): ResolveResource {
  const resources = new Map<string, FlowResources>(
    flows.map((local) => [local.flow.id, resourcesOf(local, callTimeoutMs, clock)]),
  );
  return (ref) => ('flow' in ref ? resources.get(ref.flow)?.[ref.kind] : undefined);
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

/** `touched`: those of groups in which something may be changed. */
export const tendedFlows = (
  flows: readonly LocalFlow[],
  touched: ReadonlySet<string>,
  callTimeoutMs: number,
  clock: Clock,
): readonly TendedFlow[] =>
  flows.map(({ flow, connect, secrets }) => ({
    flow: flow.id,
    connect: new ConnectClient(connect, clock, callTimeoutMs, secrets),
    connectors: [flow.driver.source, flow.driver.checkpoint],
    source: flow.driver.source,
    mayRestart: touched.has(flow.id),
  }));

/** One epoch for the connectors: they are the same. A salvage has its own, at the cluster that it writes to. */
function resourcesOf(local: LocalFlow, callTimeoutMs: number, clock: Clock): FlowResources {
  const { flow, rendered } = local;
  const { source, checkpoint } = flow.driver;
  const connect = new ConnectClient(local.connect, clock, callTimeoutMs, local.secrets);
  const marker = new EpochMarker(connect, flow.id, { source: flow.source, target: flow.target });
  const ends = endOffsetsAt(local.target, (topic) => matchesTopic(flow.topics, sourceTopic(flow, topic)));
  const connectors = { source, checkpoint, pollMs: POLL_MS };
  return {
    mirror: new ConnectRestMirror(connect, marker, ends, clock, connectors),
    positions: new ConnectRestPositions(connect, marker, clock, { ...connectors, rendered }),
    backlog: new FlowBacklog(
      new SourceLog(local.source, flow),
      new StoredPositions(connect, source),
      clock,
      BACKLOG_POLL_MS,
    ),
    salvage: salvageOf(local, clock),
  };
}

function salvageOf({ flow, source, target, copying }: LocalFlow, clock: Clock): FlowSalvage {
  const { naming, isolation } = mannerOf(flow);
  return new FlowSalvage({
    flow: flow.id,
    source: { log: source, whole: copying.source },
    target: { log: target, whole: copying.target },
    writer: copying.writer,
    isolation,
    targetTopic: (topic) => targetTopicOf(naming, topic),
    now: () => clock.now(),
  });
}

/** The default policy puts the source's alias and a dot before the name. */
const sourceTopic = ({ policy }: Flow, targetTopic: string): string =>
  policy === 'identity' ? targetTopic : targetTopic.slice(targetTopic.indexOf('.') + 1);
