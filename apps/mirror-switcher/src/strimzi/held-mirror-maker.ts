import { epoch as epochOf, type Epoch, type Json, type MirrorState } from '#libs/domain';
import { epochIn, STAMPS, stampsOf, type Stamps } from '#libs/kubernetes';
import { causeIn, type ConnectorStatus, type FlowStatus } from '../connector-status.js';
import type { ConditionWire, ConnectorWire, LookedWire, MetadataWire, ReportedWire } from './mirror-maker.wire.js';

/** Annotations of Strimzi's: what they ask for is done by its cluster operator, which then takes them away. */
export const ASKS = {
  offsets: 'strimzi.io/connector-offsets',
  connector: 'strimzi.io/mirrormaker-connector',
  pause: 'strimzi.io/pause-reconciliation',
} as const;

export type ConnectorState = 'running' | 'paused' | 'stopped';

/** One object in the API server that the cluster operator makes connectors of, as it was seen. */
export interface HeldObject {
  readonly name: string;
  /** The resourceVersion, which a patch compares. */
  readonly version: string;
  /** Of what is wanted; raised by every change of it, and by no annotation. */
  readonly generation: number;
  /** That the cluster operator's status is about; 0 before it has looked. */
  readonly observedGeneration: number;
  readonly epoch: Epoch;
  readonly stamps: Stamps;
  /** What is wanted of each of its connectors that is there. */
  readonly wanted: readonly ConnectorState[];
  /** What the operator was asked to do with offsets, and has not done. */
  readonly asked: string | undefined;
  /** Said beside it when it is asked: which connector's offsets, where it has several. */
  readonly askedOf: Readonly<Record<string, string>>;
  readonly isPaused: boolean;
  /** Of its workers, where it says so. */
  readonly replicas: number | undefined;
  readonly conditions: readonly ConditionWire[];
  /** What a merge patch has to say of its spec, so that its connectors are wanted in that state and all else is as it was. */
  readonly turnedTo: (state: MirrorState) => Json;
}

/** A direction of MirrorMaker 2 that Strimzi runs, as it was seen. */
export interface HeldMirrorMaker {
  readonly name: string;
  /** First the one with the source connector, of which positions are asked. */
  readonly objects: readonly HeldObject[];
  readonly sourceAlias: string;
  /** Names of its connectors at Connect. */
  readonly connectors: Readonly<Record<'source' | 'checkpoint', string>>;
  /** The ConfigMaps that its source connector names, and where. */
  readonly positions: {
    readonly at: string;
    readonly listed: string | undefined;
    readonly altered: string | undefined;
  };
  /** The key under which these ConfigMaps have its offsets. */
  readonly offsetsKey: string;
  /** Of both connectors as the operator saw them last; undefined where one is missing. */
  readonly status: FlowStatus | undefined;
}

/** The lowest: what is stamped in part is not sealed. */
export const epochOfAll = ({ objects }: HeldMirrorMaker): Epoch =>
  epochOf(Math.min(...objects.map(({ epoch }) => epoch)));

/** Of every connector of the direction. */
export const wantedOfAll = ({ objects }: HeldMirrorMaker): readonly ConnectorState[] =>
  objects.flatMap(({ wanted }) => wanted);

/** What is compared where the value moves by itself: it changes with every epoch, and with what is wanted. */
export const wishOf = ({ objects }: HeldMirrorMaker): string =>
  objects.map(({ epoch, generation }) => `epoch=${epoch} generation=${generation}`).join(', ');

/** The same, and with every write of ours. The operator's status changes none of it. */
export const versionOf = ({ epoch, generation, stamps }: HeldObject): string =>
  `epoch=${epoch} generation=${generation} write=${stamps.write ?? ''}`;

/** What every object of Strimzi's says in the same way. @throws EpochPoisonedError */
export function lookedAt(name: string, metadata: MetadataWire, status: LookedWire | null | undefined) {
  const annotations = metadata.annotations ?? {};
  return {
    name,
    version: metadata.resourceVersion,
    generation: metadata.generation,
    observedGeneration: status?.observedGeneration ?? 0,
    epoch: epochIn(annotations[STAMPS.epoch], name),
    stamps: stampsOf(metadata),
    asked: annotations[ASKS.offsets],
    isPaused: annotations[ASKS.pause] === 'true',
    conditions: status?.conditions ?? [],
  };
}

/** `pause` is older than `state`, which goes before it. */
export const wantedOf = ({ state, pause }: ConnectorWire): ConnectorState => state ?? (pause ? 'paused' : 'running');

/** The ConfigMaps that a source connector names; `at`: where it stands in its resource. */
export const positionsOf = (
  { listOffsets, alterOffsets }: ConnectorWire,
  at: string,
): HeldMirrorMaker['positions'] => ({
  at,
  listed: listOffsets?.toConfigMap?.name,
  altered: alterOffsets?.fromConfigMap?.name,
});

export const flowStatus = (source?: ReportedWire | null, checkpoint?: ReportedWire | null): FlowStatus | undefined =>
  source && checkpoint ? { source: statusOf(source), checkpoint: statusOf(checkpoint) } : undefined;

function statusOf({ connector, tasks }: ReportedWire): ConnectorStatus {
  const failed = [connector, ...tasks].find(({ state }) => state === 'FAILED');
  return {
    connector: connector.state,
    tasks: tasks.map(({ state }) => state),
    ...(failed && { failure: causeIn(failed.trace ?? undefined) }),
  };
}
