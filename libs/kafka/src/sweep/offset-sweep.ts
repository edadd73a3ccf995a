/** As consumers have it: `read-committed` ends before the first open transaction. */
export type Isolation = 'read-uncommitted' | 'read-committed';

/** Offsets by partition; NaN where the partition's leader did not tell. */
export type PartitionOffsets = Float64Array;

/** By topic. A topic that is not there, or not ours to describe, is not in it. */
export type SweptOffsets = ReadonlyMap<string, PartitionOffsets>;

/**
 * Port: where thousands of partitions start and end, with few requests. Whoever sweeps knows partitions that were added
 * after `leadersMaxAgeMs` at the latest, and asks the new leader after an old one has said no.
 *
 * Both methods throw UnavailableError when no broker told anything, and KafkaAuthenticationError when the login was
 * refused. One broker that does not answer leaves NaN where it leads.
 */
export abstract class OffsetSweep {
  abstract ends(topics: readonly string[], isolation: Isolation): Promise<SweptOffsets>;
  abstract starts(topics: readonly string[]): Promise<SweptOffsets>;
}
