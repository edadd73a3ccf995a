import type { WholeRecord } from './whole-record.js';

/**
 * A batch keeps each record's time as the difference from the first one's, as a 64-bit varint. The client's encoder
 * shifts by 31 bits where the format shifts by 63 (`int64ZigZagEncode` of @platformatic/dynamic-buffer 0.3.1), and so
 * writes another time where the difference is 2³¹ ms or more: 24 days, which one batch of a quiet topic easily spans.
 */
const SPAN_MS = 2 ** 31;

/** The records in their order, in as few pieces as let each record be close enough to the first of its piece. */
export function inBatches(records: readonly WholeRecord[]): readonly (readonly WholeRecord[])[] {
  const batches: WholeRecord[][] = [];
  for (const record of records) {
    const batch = batches.at(-1);
    const first = batch?.[0];
    if (batch && first && Math.abs(record.timestamp - first.timestamp) < SPAN_MS) batch.push(record);
    else batches.push([record]);
  }
  return batches;
}
