import type { ClusterId, FlowId, ProcessId, SiteId } from './ids.js';

/** One vantage's opinion of a cluster. `degraded` alerts and never fails over; `abstain` means the observer doubts itself. */
export type Opinion = 'up' | 'degraded' | 'suspect' | 'down' | 'abstain';

/**
 * How far a flow had come when its target's vantage last could tell. All ages are durations on that vantage's own
 * monotonic clock, so that no two clocks are ever compared.
 */
export interface FlowLag {
  readonly flow: FlowId;
  readonly lagRecords: number;
  readonly lagMs: number;
  /** Age of the sample: at the first failed round while the source is failing, otherwise at the time of the vote. */
  readonly sampleAgeMs: number;
}

/** One process's opinion of one cluster, kept in the journal under a lease: it exists exactly as long as it is fresh. */
export interface Vote {
  readonly site: SiteId;
  readonly process: ProcessId;
  /** New at every start of the process; with `sequence` it orders a process's votes and defeats replays. */
  readonly incarnation: string;
  readonly sequence: number;
  readonly cluster: ClusterId;
  readonly opinion: Opinion;
  /** Why, in words: `produce failed on 1 of 1 canary partitions for 6 rounds`. */
  readonly reason: string;
  /** Since the first failed round; 0 while the last round was good. */
  readonly failedForMs: number;
  /** Since the first good round after the last bad one; 0 while failing. */
  readonly healthyForMs: number;
  /** Good rounds since the last that was bad; absent where an older version votes, which counts for none. */
  readonly goodRounds?: number;
  /** Flows whose target is this vantage's site and whose source is this cluster. */
  readonly flows: readonly FlowLag[];
  /** What Kafka calls itself (cluster.id), to notice a cluster that was reborn empty. */
  readonly kafkaClusterId?: string;
  /** Its log ends before where it was seen to end, in words: whatever it calls itself, it is not the one that was known. */
  readonly rebornBecause?: string;
  /** W3C Trace Context of the failure it tells of, for who decides on it; nothing is decided by it. */
  readonly traceparent?: string;
  readonly keyId: string;
  /** Ed25519 over the canonical JSON of all other fields, base64. */
  readonly signature: string;
}
