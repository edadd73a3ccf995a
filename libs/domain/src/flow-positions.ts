import type { FlowId, Instant, ProcessId, SiteId } from './ids.js';

/** How far a flow has come in one partition. Offsets are the source's, and each is one past the last record it speaks of. */
export interface PartitionPosition {
  /** As the source names it. */
  readonly topic: string;
  readonly partition: number;
  /** Up to here the source's log was seen to go: without open transactions where the mirror reads committed records only. */
  readonly sourceEnd: number;
  /** Up to here everything is at the target for certain: the mirror said so, after the target had acknowledged it. */
  readonly copiedAtLeast: number;
  /** Up to here it is, as far as counting the target's log tells. Never below `copiedAtLeast`, never beyond `sourceEnd`. */
  readonly copied: number;
  /** How long the oldest end that is not copied has been known. */
  readonly lagMs: number;
  /** The fastest that the source's end was seen to move lately, in records per second. */
  readonly peakPerSecond: number;
}

/**
 * - `source-topic-missing`, `target-topic-missing`: a topic of the flow is not there, or not ours to see;
 * - `target-partitions-missing`: the target has fewer partitions of it than the source;
 * - `beyond-source-end`: more was copied than the source has: it was created anew, or lost its end;
 * - `deleted-before-copied`: the source's log starts behind what was copied: records are gone for good;
 * - `counts-apart`: the target's log grows by other steps than the source's, so it is not counted by;
 * - `mirror-silent`: the mirror does not tell how far it has come;
 * - `probe-not-copied`: a record of our own is not at the target, though all else looks as if it had to be.
 */
export type PositionProblemKind =
  | 'source-topic-missing'
  | 'target-topic-missing'
  | 'target-partitions-missing'
  | 'beyond-source-end'
  | 'deleted-before-copied'
  | 'counts-apart'
  | 'mirror-silent'
  | 'probe-not-copied';

export interface PositionProblem {
  readonly kind: PositionProblemKind;
  /** `orders`, or `orders-3`; the flow itself when absent. */
  readonly where?: string;
  readonly message: string;
}

/** Where a consumer group of the source would go on at the target, told as the source's offset. */
export interface GroupPosition {
  readonly group: string;
  /** As the source names it. */
  readonly topic: string;
  readonly partition: number;
  /** The record after the last one that the target surely takes for consumed. */
  readonly upstream: number;
}

/** Partitions that are too many to stand one by one: the sums over them. */
export interface PositionRest {
  readonly partitions: number;
  /** Sum of what is not copied for certain. */
  readonly recordsAtRisk: number;
  readonly peakPerSecond: number;
}

/**
 * How far a flow has come, as one process of its target's site saw it. Ages are durations on that process's own clock, up
 * to `writtenAt`: they go on growing while a side does not answer.
 */
export interface FlowPositions {
  readonly flow: FlowId;
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly writtenAt: Instant;
  /** By `copied`. */
  readonly lagRecords: number;
  readonly lagMs: number;
  /** Since the source told all of its ends. */
  readonly sourceAgeMs: number;
  /** Since the mirror told how far it has come. */
  readonly mirrorAgeMs: number;
  /** Since anything was seen to be copied; absent when nothing ever was. A flow that is even and never moves proves nothing. */
  readonly movedAgeMs?: number;
  /** The fastest that all of the source's ends together were seen to move lately; absent when the writer did not sum them up. */
  readonly peakPerSecond?: number;
  /** Those with the most at risk. */
  readonly partitions: readonly PartitionPosition[];
  readonly rest: PositionRest;
  /** Of the partitions above; absent when checkpoints cannot be read. */
  readonly groups?: readonly GroupPosition[];
  readonly problems: readonly PositionProblem[];
  readonly keyId: string;
  /** Ed25519 over the canonical JSON of all other fields, base64. */
  readonly signature: string;
}
