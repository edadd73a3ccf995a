import type { Epoch } from '#libs/domain';
import { epochIn, STAMPS, stampsOf, type Stamps } from '#libs/kubernetes';
import { strimziConnectors } from '#libs/topology';
import { causeIn, type ConnectorStatus, type FlowStatus } from '../connector-status.js';
import { MirrorUnpreparedError } from '../errors.js';
import {
  mirrorMakerWire,
  type ConditionWire,
  type ConnectorWire,
  type MirrorWire,
  type ReportedWire,
} from './mirror-maker.wire.js';

/** Annotations of Strimzi's: what they ask for is done by its cluster operator, which then takes them away. */
export const ASKS = {
  offsets: 'strimzi.io/connector-offsets',
  connector: 'strimzi.io/mirrormaker-connector',
  pause: 'strimzi.io/pause-reconciliation',
} as const;

export type ConnectorState = 'running' | 'paused' | 'stopped';

/** A KafkaMirrorMaker2 of one direction, as it was seen. */
export interface HeldMirrorMaker {
  readonly name: string;
  /** The resourceVersion, which a patch compares. */
  readonly version: string;
  /** Of what is wanted; raised by every change of it, and by no annotation. */
  readonly generation: number;
  /** That the cluster operator's status is about; 0 before it has looked. */
  readonly observedGeneration: number;
  readonly epoch: Epoch;
  readonly stamps: Stamps;
  /** Its only mirror, whole. */
  readonly mirror: MirrorWire;
  /** What is wanted of each of its connectors that is there. */
  readonly wanted: readonly ConnectorState[];
  readonly sourceAlias: string;
  /** Names of its connectors at Connect. */
  readonly connectors: Readonly<Record<'source' | 'checkpoint', string>>;
  /** The ConfigMaps that its source connector names. */
  readonly positions: { readonly listed: string | undefined; readonly altered: string | undefined };
  /** What the operator was asked to do with offsets, and has not done. */
  readonly asked: string | undefined;
  readonly isPaused: boolean;
  readonly replicas: number | undefined;
  readonly conditions: readonly ConditionWire[];
  /** Of both connectors as the operator saw them last; undefined where one is missing. */
  readonly status: FlowStatus | undefined;
}

/** @throws MalformedError, EpochPoisonedError, MirrorUnpreparedError */
export function heldMirrorMaker(answer: unknown, name: string): HeldMirrorMaker {
  const { metadata, spec, status } = mirrorMakerWire(answer, name);
  const [mirror, ...more] = spec.mirrors;
  if (mirror === undefined || more.length > 0)
    throw new MirrorUnpreparedError(
      name,
      `has ${spec.mirrors.length} mirrors: give every direction a resource of its own`,
    );
  const sourceAlias = mirror.source?.alias ?? mirror.sourceCluster;
  const targetAlias = spec.target?.alias ?? mirror.targetCluster ?? spec.connectCluster;
  if (!sourceAlias || !targetAlias) throw new MirrorUnpreparedError(name, 'does not say the aliases of its clusters');
  const { sourceConnector: source, checkpointConnector: checkpoint } = mirror;
  if (!source) throw new MirrorUnpreparedError(name, 'has no sourceConnector');
  const annotations = metadata.annotations ?? {};
  const connectors = strimziConnectors(sourceAlias, targetAlias);
  return {
    name,
    version: metadata.resourceVersion,
    generation: metadata.generation,
    observedGeneration: status?.observedGeneration ?? 0,
    epoch: epochIn(annotations[STAMPS.epoch], name),
    stamps: stampsOf(metadata),
    mirror,
    wanted: [source, checkpoint].flatMap((each) => (each ? [wantedOf(each)] : [])),
    sourceAlias,
    connectors,
    positions: { listed: source.listOffsets?.toConfigMap?.name, altered: source.alterOffsets?.fromConfigMap?.name },
    asked: annotations[ASKS.offsets],
    isPaused: annotations[ASKS.pause] === 'true',
    replicas: spec.replicas ?? undefined,
    conditions: status?.conditions ?? [],
    status: flowStatus(status?.connectors ?? [], connectors, Boolean(checkpoint)),
  };
}

/** `pause` is older than `state`, which goes before it. */
const wantedOf = ({ state, pause }: ConnectorWire): ConnectorState => state ?? (pause ? 'paused' : 'running');

function flowStatus(
  reported: readonly ReportedWire[],
  names: HeldMirrorMaker['connectors'],
  hasCheckpoint: boolean,
): FlowStatus | undefined {
  const of = (name: string) => reported.find((each) => each.name === name);
  const source = of(names.source);
  // Without one of its own the flow is what its source is.
  const checkpoint = hasCheckpoint ? of(names.checkpoint) : source;
  return source && checkpoint && { source: statusOf(source), checkpoint: statusOf(checkpoint) };
}

function statusOf({ connector, tasks }: ReportedWire): ConnectorStatus {
  const failed = [connector, ...tasks].find(({ state }) => state === 'FAILED');
  return {
    connector: connector.state,
    tasks: tasks.map(({ state }) => state),
    ...(failed && { failure: causeIn(failed.trace ?? undefined) }),
  };
}
