import type { Isolation } from '../sweep/offset-sweep.js';
import type { StoredWholeRecord } from './whole-record.js';

/** What one read of a partition gave. */
export interface WholePage {
  readonly records: readonly StoredWholeRecord[];
  /** Records of transactions that were taken back; they are not among `records`. */
  readonly aborted: number;
  /** Where to read on. At the stable end: from where it was read. */
  readonly next: number;
  /** Up to here every transaction is decided. */
  readonly stableEnd: number;
  /** One past the last record; beyond the stable end some of them may still be taken back. */
  readonly end: number;
}

export interface WholeReadOptions {
  /** Committed records only, unless said: transactions that were taken back are skipped, undecided ones not shown yet. */
  readonly isolation?: Isolation;
  readonly maxBytes?: number;
}

/**
 * Port: the records of one cluster as one principal, whole, as a copy needs them, in whatever way they are compressed.
 * Markers of transactions, and what compaction left out, are no records.
 */
export abstract class WholeLog {
  /** @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError (`OFFSET_OUT_OF_RANGE` and the like) */
  abstract read(topic: string, partition: number, from: number, options?: WholeReadOptions): Promise<WholePage>;
}
