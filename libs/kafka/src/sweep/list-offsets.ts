import { createAPI, Writer } from '@platformatic/kafka';
import type { Isolation, PartitionOffsets } from './offset-sweep.js';

/** Which of a topic's partitions one broker is asked for. */
export interface AskedTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export type OffsetKind = 'start' | 'end';

const LIST_OFFSETS = 2;
/** With flexible encoding and without anything newer: Kafka 3.0 to 4.x all serve it. */
const VERSION = 7;
const CONSUMER = -1;
const ANY_EPOCH = -1;
const TIMESTAMPS = { start: -2n, end: -1n } as const satisfies Record<OffsetKind, bigint>;
const ISOLATION = { 'read-uncommitted': 0, 'read-committed': 1 } as const satisfies Record<Isolation, number>;
/** Partition, leader epoch, timestamp, no tagged fields. */
const PARTITION_BYTES = 4 + 4 + 8 + 1;
const VARINT_BYTES_MAX = 5;
/** Replica and isolation level. */
const HEAD_BYTES = 4 + 1;

/**
 * ListOffsets for thousands of partitions, written into one buffer and read without an object for each of them: with the
 * client's own codec the sweep of 10,000 partitions spends most of its time on those. The request can be sent again.
 */
export function encodeListOffsets(topics: readonly AskedTopic[], kind: OffsetKind, isolation: Isolation): Buffer {
  const bytes = Buffer.allocUnsafe(sizeOf(topics));
  let at = bytes.writeInt32BE(CONSUMER, 0);
  at = bytes.writeInt8(ISOLATION[isolation], at);
  at = writeVarint(bytes, topics.length + 1, at);
  for (const { topic, partitions } of topics) {
    const name = Buffer.from(topic);
    at = writeVarint(bytes, name.length + 1, at);
    at += name.copy(bytes, at);
    at = writeVarint(bytes, partitions.length + 1, at);
    for (const partition of partitions) {
      at = bytes.writeInt32BE(partition, at);
      at = bytes.writeInt32BE(ANY_EPOCH, at);
      at = bytes.writeBigInt64BE(TIMESTAMPS[kind], at);
      at = bytes.writeUInt8(0, at);
    }
    at = bytes.writeUInt8(0, at);
  }
  at = bytes.writeUInt8(0, at);
  return bytes.subarray(0, at);
}

/**
 * Writes the offsets of an answer into `into`, by topic and partition; what a broker refused stays as it is. Returns
 * Kafka's error codes, each with how often it came. @throws RangeError for what ends too early
 */
export function decodeListOffsets(
  bytes: Buffer,
  into: ReadonlyMap<string, PartitionOffsets>,
): ReadonlyMap<number, number> {
  const refused = new Map<number, number>();
  const cursor = { at: 4 };
  const topics = readVarint(bytes, cursor) - 1;
  for (let topic = 0; topic < topics; topic++) {
    const length = readVarint(bytes, cursor) - 1;
    const offsets = into.get(bytes.toString('utf8', cursor.at, cursor.at + length));
    cursor.at += length;
    const partitions = readVarint(bytes, cursor) - 1;
    for (let index = 0; index < partitions; index++) readPartition(bytes, cursor, offsets, refused);
    skipTags(bytes, cursor);
  }
  skipTags(bytes, cursor);
  return refused;
}

interface Cursor {
  at: number;
}

/** Partition, error code, timestamp, offset, leader epoch. */
function readPartition(
  bytes: Buffer,
  cursor: Cursor,
  offsets: PartitionOffsets | undefined,
  refused: Map<number, number>,
): void {
  const { at } = cursor;
  const errorCode = bytes.readInt16BE(at + 4);
  if (errorCode !== 0) refused.set(errorCode, (refused.get(errorCode) ?? 0) + 1);
  else if (offsets) offsets[bytes.readInt32BE(at)] = readOffset(bytes, at + 14);
  cursor.at = at + 26;
  skipTags(bytes, cursor);
}

/** An INT64 as a number: offsets stay far below 2^53, and -1 means that there is none. */
const readOffset = (bytes: Buffer, at: number): number => {
  const high = bytes.readInt32BE(at);
  return high < 0 ? Number.NaN : high * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
};

/** Sends what `encodeListOffsets` made; answers with the bytes behind the header. */
export const listOffsetsApi = createAPI<[Buffer], Buffer>(
  LIST_OFFSETS,
  VERSION,
  (request: Buffer) => Writer.create().append(request),
  (_correlationId, _key, _version, reader) => reader.buffer.slice(reader.position),
);

const sizeOf = (topics: readonly AskedTopic[]): number =>
  topics.reduce(
    (size, { topic, partitions }) =>
      size + 2 * VARINT_BYTES_MAX + Buffer.byteLength(topic) + partitions.length * PARTITION_BYTES + 1,
    HEAD_BYTES + VARINT_BYTES_MAX + 1,
  );

/** Unsigned, seven bits a byte, the lowest first. */
function writeVarint(bytes: Buffer, value: number, at: number): number {
  let rest = value;
  let next = at;
  while (rest > 0x7f) {
    next = bytes.writeUInt8((rest & 0x7f) | 0x80, next);
    rest >>>= 7;
  }
  return bytes.writeUInt8(rest, next);
}

function readVarint(bytes: Buffer, cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(cursor.at++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
}

/** Fields that this version does not know: count, then tag, size and bytes of each. */
function skipTags(bytes: Buffer, cursor: Cursor): void {
  for (let left = readVarint(bytes, cursor); left > 0; left--) {
    readVarint(bytes, cursor);
    const size = readVarint(bytes, cursor);
    cursor.at += size;
  }
}
