import type { StoredWholeRecord } from './whole-record.js';

/** What a fetch of committed records brings of a batch; as the protocol has it. */
export interface FetchedBatch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly attributes: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly records: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  }[];
}

/** A transaction that was taken back: whose, and where its first record lies. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

interface Committed {
  readonly records: readonly StoredWholeRecord[];
  readonly aborted: number;
  /** One past the last batch; undefined when there was none. */
  readonly next: number | undefined;
}

/** Bits of a batch's attributes. */
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** Type of a transaction marker, behind its version. */
const TYPE_AT = 2;
const ABORT = 0;
const NO_BYTES = Buffer.alloc(0);

/**
 * The records that count, from `from` on. A broker sends those of aborted transactions too, and says apart whose they
 * are: from its first record to its abort marker a producer's transactional batches are left out. Pure.
 */
export function committedIn(
  batches: readonly FetchedBatch[],
  abortedTransactions: readonly AbortedTransaction[],
  from: number,
): Committed {
  const toCome = abortedTransactions.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const aborting = new Set<bigint>();
  const records: StoredWholeRecord[] = [];
  let aborted = 0;
  for (const batch of batches) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (let [next] = toCome; next && next.firstOffset <= last; [next] = toCome) {
      aborting.add(next.producerId);
      toCome.shift();
    }
    if (is(batch, CONTROL)) {
      if (isAbort(batch)) aborting.delete(batch.producerId);
    } else if (is(batch, TRANSACTIONAL) && aborting.has(batch.producerId)) {
      aborted += batch.records.filter(({ offsetDelta }) => Number(batch.firstOffset) + offsetDelta >= from).length;
    } else {
      pushRecords(batch, from, records);
    }
  }
  const end = batches.at(-1);
  return { records, aborted, next: end && Number(end.firstOffset) + end.lastOffsetDelta + 1 };
}

const is = ({ attributes }: FetchedBatch, bit: number): boolean => (attributes & bit) === bit;

function isAbort({ records: [marker] }: FetchedBatch): boolean {
  return marker?.key?.readInt16BE(TYPE_AT) === ABORT;
}

/** A batch begins at or before the offset asked for. */
function pushRecords(batch: FetchedBatch, from: number, into: StoredWholeRecord[]): void {
  const first = Number(batch.firstOffset);
  const isBrokersTime = is(batch, LOG_APPEND_TIME);
  for (const { key, value, headers, offsetDelta, timestampDelta } of batch.records) {
    const offset = first + offsetDelta;
    if (offset < from) continue;
    const timestamp = Number(isBrokersTime ? batch.maxTimestamp : batch.firstTimestamp + timestampDelta);
    into.push({ offset, timestamp, key, value, headers: headers.map(([name, own]) => [name ?? NO_BYTES, own]) });
  }
}
