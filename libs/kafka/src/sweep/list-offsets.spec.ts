import { describe, expect, it } from '@jest/globals';
import { listOffsetsV7, Reader, Writer } from '@platformatic/kafka';
import fc from 'fast-check';
import { decodeListOffsets, encodeListOffsets } from './list-offsets.js';

const asked = fc.array(
  fc.record({
    topic: fc.stringMatching(/^[a-z._-]{1,140}$/),
    partitions: fc.uniqueArray(fc.nat({ max: 300 }), { minLength: 1, maxLength: 30 }),
  }),
  { maxLength: 5 },
);

interface Told {
  readonly partition: number;
  readonly errorCode: number;
  readonly offset: number;
}

/** A broker's answer, written by the client's own writer. */
const answer = (topics: readonly { readonly topic: string; readonly partitions: readonly Told[] }[]): Buffer =>
  Writer.create()
    .appendInt32(0)
    .appendArray(
      [...topics],
      (writer, { topic, partitions }) => {
        writer.appendString(topic).appendArray([...partitions], (w, { partition, errorCode, offset }) => {
          w.appendInt32(partition).appendInt16(errorCode).appendInt64(-1n).appendInt64(BigInt(offset)).appendInt32(4);
        });
      },
      true,
      true,
    )
    .appendTaggedFields().buffer;

describe('the codec of a sweep', () => {
  it('writes byte for byte what the client writes for the same request', () => {
    fc.assert(
      fc.property(asked, fc.boolean(), fc.boolean(), (topics, isEnd, isCommitted) => {
        const theirs = listOffsetsV7.createRequest(
          -1,
          isCommitted ? 1 : 0,
          topics.map(({ topic, partitions }) => ({
            name: topic,
            partitions: partitions.map((partitionIndex) => ({
              partitionIndex,
              currentLeaderEpoch: -1,
              timestamp: isEnd ? -1n : -2n,
            })),
          })),
        );
        const ours = encodeListOffsets(
          topics,
          isEnd ? 'end' : 'start',
          isCommitted ? 'read-committed' : 'read-uncommitted',
        );
        expect(ours.equals(theirs.buffer)).toBe(true);
      }),
    );
  });

  it('reads what the client reads of the same answer', () => {
    const told = fc.record({
      partition: fc.nat({ max: 99 }),
      errorCode: fc.constant(0),
      offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(told, { selector: ({ partition }) => partition }), (partitions) => {
        const bytes = answer([{ topic: 'orders', partitions }]);
        const into = new Float64Array(100).fill(Number.NaN);
        expect(decodeListOffsets(bytes, new Map([['orders', into]])).size).toBe(0);
        const theirs = listOffsetsV7.parseResponse(1, 2, 7, Reader.from(bytes)).topics[0]?.partitions ?? [];
        for (const { partitionIndex, offset } of theirs) expect(into[partitionIndex]).toBe(Number(offset));
      }),
    );
  });

  it('leaves out what was refused, and counts it by its code', () => {
    const into = new Float64Array(3).fill(Number.NaN);
    const bytes = answer([
      {
        topic: 'orders',
        partitions: [
          { partition: 0, errorCode: 6, offset: -1 },
          { partition: 1, errorCode: 0, offset: 7 },
          { partition: 2, errorCode: 6, offset: -1 },
        ],
      },
    ]);
    expect(decodeListOffsets(bytes, new Map([['orders', into]]))).toEqual(new Map([[6, 2]]));
    expect([...into]).toEqual([Number.NaN, 7, Number.NaN]);
  });

  it('throws on an answer that was cut off anywhere', () => {
    const bytes = answer([{ topic: 'orders', partitions: [{ partition: 0, errorCode: 0, offset: 7 }] }]);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeListOffsets(bytes.subarray(0, end), new Map())).toThrow(/outside buffer|out of range/);
    }
  });
});
