import type { FencedResource, Positions } from '#libs/domain';
import { mannerOf, targetTopicOf, type TopicLog, type TransactionalWriter, type WholeLog } from '#libs/kafka';
import type { ResolveResource } from '#libs/jobs';
import type { Clock } from '#libs/runtime';
import type { FlowBy } from '#libs/topology';
import { ConnectClient } from './connect-client.js';
import type { WatchedFlow } from './connect-watch.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { ConnectRestPositions } from './connect-rest.positions.js';
import { EpochMarker } from './epoch-marker.js';
import { FlowBacklog } from './flow-backlog.js';
import { isMarked, isRead } from './flow-topics.js';
import { dedicatedResources, stampIn, syncedPositions, type DedicatedParts } from './dedicated/make.js';
import { endOffsetsAt } from './kafka.end-offsets.js';
import { OwnPositions } from './own-positions.js';
import type { PositionsSource } from './positions-source.js';
import type { RenderedConnectors } from './rendered-connectors.js';
import { groupsOf, type GroupsOfFlow } from './groups/local-groups.js';
import { stampAt } from './groups/mirror-maker-stamp.js';
import { FlowSalvage } from './salvage/flow-salvage.js';
import { SourceLog } from './source-log.js';
import { StoredPositions } from './stored-positions.js';
import { strimziResources } from './strimzi/make.js';
import type { MirrorMaker } from './strimzi/mirror-maker.js';
import type { TendedFlow } from './task-restarts.js';

const POLL_MS = 50;
/** Asks every partition of the source: a drain takes seconds anyway. */
const BACKLOG_POLL_MS = 250;
/** Each look makes the cluster operator look, too. */
const STRIMZI_BACKLOG_POLL_MS = 1_000;

/** A flow that ends at this site, and the logs of the clusters at both of its ends. */
interface Ends {
  readonly source: TopicLog;
  readonly target: TopicLog;
  readonly groups: GroupsOfFlow;
  /** The same logs, for records that are copied whole. */
  readonly copying: { readonly source: WholeLog; readonly target: WholeLog; readonly writer: TransactionalWriter };
}

/** One whose connectors we turn at Connect. */
export interface ConnectFlow extends Ends {
  readonly flow: FlowBy<'connect'>;
  readonly connect: string;
  /** How its connectors are created when Connect does not have them. Holds secrets. */
  readonly rendered: RenderedConnectors;
  /** Those that `rendered` holds. */
  readonly secrets: readonly string[];
}

/** One that Strimzi's cluster operator turns by its resource. */
export interface StrimziFlow extends Ends {
  readonly flow: FlowBy<'strimzi'>;
  readonly mirrorMaker: MirrorMaker;
}

/** One that a MirrorMaker 2 of its own runs, by a file at this site. */
export type DedicatedFlow = Ends & DedicatedParts;

export type LocalFlow = ConnectFlow | StrimziFlow | DedicatedFlow;

export const atConnect = (flows: readonly LocalFlow[]): readonly ConnectFlow[] =>
  flows.filter((each) => 'connect' in each);

type FlowKind = 'mirror' | 'positions' | 'backlog' | 'salvage' | 'group-offsets';
type FlowResources = Readonly<Record<FlowKind, FencedResource<unknown>>>;

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
  atConnect(flows).map(({ flow, connect }) => ({
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
  atConnect(flows).map(({ flow, connect, secrets }) => ({
    flow: flow.id,
    connect: new ConnectClient(connect, clock, callTimeoutMs, secrets),
    connectors: [flow.driver.source, flow.driver.checkpoint],
    source: flow.driver.source,
    mayRestart: touched.has(flow.id),
  }));

/** One epoch for the connectors: they are the same. A salvage has its own, at the cluster that it writes to. */
function resourcesOf(local: LocalFlow, callTimeoutMs: number, clock: Clock): FlowResources {
  const { flow } = local;
  const { stored, marker, pollMs, ...own } = drivenResources(local, callTimeoutMs, clock);
  return {
    mirror: own.mirror,
    positions: new OwnPositions(own.positions, (topic) => isRead(flow, topic)),
    backlog: backlogOf(local, stored, clock, pollMs),
    salvage: salvageOf(local, clock),
    'group-offsets': groupsOf(local, marker, clock),
  };
}

/** What depends on how the flow is driven. */
interface Driven {
  readonly mirror: FencedResource<unknown>;
  readonly positions: FencedResource<Positions>;
  /** How far it has come by now. */
  readonly stored: PositionsSource;
  readonly marker: Pick<EpochMarker, 'read' | 'stamp'>;
  readonly pollMs: number;
}

function drivenResources(local: LocalFlow, callTimeoutMs: number, clock: Clock): Driven {
  const { flow } = local;
  const ends = endOffsetsAt(local.target, (topic) => isMarked(flow, topic));
  if ('mirrorMaker' in local) {
    const { mirrorMaker } = local;
    const resources = strimziResources(mirrorMaker, ends, clock, callTimeoutMs);
    return { ...resources, marker: stampAt(mirrorMaker), pollMs: STRIMZI_BACKLOG_POLL_MS };
  }
  if ('workers' in local) {
    const stored = syncedPositions(local, ends);
    const backlog = backlogOf(local, stored, clock, BACKLOG_POLL_MS);
    const left = async (signal: AbortSignal) => (await backlog.read(signal)).value.records;
    const resources = dedicatedResources(local, { positions: stored, endOffsets: ends, left }, clock);
    return { ...resources, stored, marker: stampIn(local.properties), pollMs: BACKLOG_POLL_MS };
  }
  const { source, checkpoint } = local.flow.driver;
  const connect = new ConnectClient(local.connect, clock, callTimeoutMs, local.secrets);
  const marker = new EpochMarker(connect, flow.id, { source: flow.source, target: flow.target });
  const connectors = { source, checkpoint, pollMs: POLL_MS };
  return {
    mirror: new ConnectRestMirror(connect, marker, ends, clock, connectors),
    positions: new ConnectRestPositions(connect, marker, clock, { ...connectors, rendered: local.rendered }),
    stored: new StoredPositions(connect, source),
    marker,
    pollMs: BACKLOG_POLL_MS,
  };
}

function backlogOf(local: LocalFlow, stored: PositionsSource, clock: Clock, pollMs: number): FlowBacklog {
  const { flow, source, copying } = local;
  const mirrored = { whole: copying.source, isolation: mannerOf(flow).isolation };
  return new FlowBacklog(new SourceLog(source, mirrored, flow), stored, clock, pollMs);
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
