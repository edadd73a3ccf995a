import { ByteReader } from './byte-reader.js';
import { int32, int64, text } from './byte-writer.js';

/** MirrorMaker 2 says: the source's record at `upstream` is the target's at `downstream`. */
export interface OffsetSync {
  /** As the source names it. */
  readonly topic: string;
  readonly partition: number;
  readonly upstream: number;
  readonly downstream: number;
}

/**
 * A record of `mm2-offset-syncs.<other>.internal`. Key: STRING topic, INT32 partition. Value: INT64 upstream offset,
 * INT64 downstream offset, and no version. @throws MalformedRecordError
 */
export function readOffsetSync(key: Buffer, value: Buffer): OffsetSync {
  const keyReader = new ByteReader(key, 'the key of an offset sync');
  const topic = keyReader.text('the topic');
  const partition = keyReader.int32('the partition');
  keyReader.end();
  const reader = new ByteReader(value, `the offset sync of ${topic}-${partition}`);
  const upstream = reader.int64('the upstream offset');
  const downstream = reader.int64('the downstream offset');
  reader.end();
  return { topic, partition, upstream, downstream };
}

export const offsetSyncKey = ({ topic, partition }: Pick<OffsetSync, 'topic' | 'partition'>): Buffer =>
  Buffer.concat([text(topic), int32(partition)]);

export const offsetSyncValue = ({ upstream, downstream }: Pick<OffsetSync, 'upstream' | 'downstream'>): Buffer =>
  Buffer.concat([int64(upstream), int64(downstream)]);
