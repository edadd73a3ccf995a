import { describe, expect, it } from '@jest/globals';
import { committedIn, type FetchedBatch } from './committed-batches.js';

const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const LOG_APPEND_TIME = 0x08;

/** A batch of `values`, one after the other from `at` on. */
const batch = (at: number, values: readonly string[], more: Partial<FetchedBatch> = {}): FetchedBatch => ({
  firstOffset: BigInt(at),
  lastOffsetDelta: values.length - 1,
  attributes: 0,
  firstTimestamp: 1_000n,
  maxTimestamp: 1_000n + BigInt(values.length),
  producerId: -1n,
  records: values.map((value, index) => ({
    key: null,
    value: Buffer.from(value),
    offsetDelta: index,
    timestampDelta: BigInt(index),
    headers: [],
  })),
  ...more,
});
const of = (producerId: bigint) => ({ producerId, attributes: TRANSACTIONAL });

function marker(at: number, producerId: bigint, type: 'abort' | 'commit'): FetchedBatch {
  const key = Buffer.alloc(4);
  key.writeInt16BE(type === 'abort' ? 0 : 1, 2);
  const control = { key, value: Buffer.alloc(6), offsetDelta: 0, timestampDelta: 0n, headers: [] };
  return { ...batch(at, ['x'], of(producerId)), attributes: TRANSACTIONAL | CONTROL, records: [control] };
}

const valuesOf = (found: ReturnType<typeof committedIn>) => found.records.map(({ value }) => String(value));

describe(committedIn.name, () => {
  it('leaves out what was taken back, up to its marker, and nothing of others', () => {
    const batches = [
      batch(0, ['a1', 'a2'], of(7n)),
      batch(2, ['plain']),
      batch(3, ['b1'], of(8n)),
      marker(4, 7n, 'abort'),
      batch(5, ['a3'], of(7n)),
      marker(6, 8n, 'commit'),
      marker(7, 7n, 'commit'),
    ];
    const found = committedIn(batches, [{ producerId: 7n, firstOffset: 0n }], 0);
    expect(valuesOf(found)).toEqual(['plain', 'b1', 'a3']);
    expect(found).toMatchObject({ aborted: 2, next: 8 });
  });

  it('takes a second transaction of the same producer for what it is', () => {
    const batches = [
      batch(0, ['a1'], of(7n)),
      marker(1, 7n, 'commit'),
      batch(2, ['a2'], of(7n)),
      marker(3, 7n, 'abort'),
    ];
    const found = committedIn(batches, [{ producerId: 7n, firstOffset: 2n }], 0);
    expect(valuesOf(found)).toEqual(['a1']);
  });

  it('shows records from the offset that was asked for, with where to read on behind the last batch', () => {
    const found = committedIn([batch(10, ['a', 'b', 'c'])], [], 11);
    expect(found.records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
      [11, 1_001],
      [12, 1_002],
    ]);
    expect(found.next).toBe(13);
  });

  it('goes on behind a batch that compaction has emptied', () => {
    const found = committedIn([{ ...batch(4, ['gone']), lastOffsetDelta: 5, records: [] }], [], 4);
    expect(found).toEqual({ records: [], aborted: 0, next: 10 });
    expect(committedIn([], [], 4).next).toBeUndefined();
  });

  it("has the broker's time where that is what the topic keeps", () => {
    const found = committedIn([batch(0, ['a'], { attributes: LOG_APPEND_TIME, maxTimestamp: 77n })], [], 0);
    expect(found.records[0]?.timestamp).toBe(77);
  });
});
