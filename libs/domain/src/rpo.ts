import type { FlowPositions } from './flow-positions.js';
import type { FlowId, Instant, RunId, SiteId } from './ids.js';

/** From `min` to `max` records, both included. */
export interface RecordRange {
  readonly min: number;
  readonly max: number;
}

/** What of one partition may not have left the lost site. */
export interface PartitionAtRisk {
  readonly topic: string;
  readonly partition: number;
  /** Where the source's log was last known to end. */
  readonly sourceEnd: number;
  readonly copiedAtLeast: number;
  readonly copied: number;
  /** Seen and not copied: at least as counted at the target, at most as the mirror itself told. */
  readonly observedRange: RecordRange;
  /** What may have been written since the source was last seen: its age × the fastest rate seen × 2. */
  readonly unobservedMaxRecords: number;
  readonly atRiskMs: number;
}

/** A consumer group that goes on at the target, and what it may read there once more. */
export interface GroupAtRisk {
  readonly group: string;
  /** At most: whatever lies between its checkpoint and the end that the source was seen to have. */
  readonly rereadMaxRecords: number;
}

/**
 * What a failover may lose of one flow, by what was known when it was decided. Open until the old site's fence is read
 * back: as long as it takes writes, what was not observed grows. All of it follows from the signed positions that it
 * holds, and can be computed again.
 */
export interface RpoCertificate {
  readonly run: RunId;
  readonly flow: FlowId;
  /** The site that was lost. */
  readonly from: SiteId;
  readonly certifiedAt: Instant;
  readonly isOpen: boolean;
  /** When the old site took writes no more: its fence was read back, or the wait for it was over. */
  readonly fencedAt?: Instant;
  /** Since the source told where it ends, up to now or to the fence. By the clocks of two processes. */
  readonly sampleAgeMs: number;
  readonly observedRange: RecordRange;
  readonly unobservedMaxRecords: number;
  readonly atRiskMs: number;
  readonly partitions: readonly PartitionAtRisk[];
  /** Absent when nobody knows. */
  readonly groups?: readonly GroupAtRisk[];
  /** What it is all computed from, signed by the site that saw it. */
  readonly positions: FlowPositions;
}

/** The records that were stranded in a site that returned, beside what had been certified of it. */
export interface RpoMeasurement {
  readonly run: RunId;
  readonly flow: FlowId;
  readonly certified: RecordRange;
  readonly unobservedMaxRecords: number;
  /** The true tail: what the returned site holds and nobody else. */
  readonly strandedRecords: number;
  /**
   * - `within`: not more than was certified;
   * - `beyond`: more than that; the certificate was wrong, and every partition where it was is named.
   */
  readonly verdict: 'within' | 'beyond';
  /** `orders-3`, with what was certified at most and what was found. */
  readonly beyond: readonly { readonly where: string; readonly certifiedMax: number; readonly stranded: number }[];
}

/** What was certified of a group's latest failover, and what came of it. */
export interface RpoRecord {
  readonly run: RunId;
  /** Until the old site's fence was read back. */
  readonly isOpen: boolean;
  readonly certificates: readonly RpoCertificate[];
  /** Flows of which nobody had kept positions. */
  readonly unknown: readonly FlowId[];
  /** Once the site is back. */
  readonly measurements?: readonly RpoMeasurement[];
}
