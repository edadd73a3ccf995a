import { ByteReader } from './byte-reader.js';
import { int16, int32, int64, text } from './byte-writer.js';

/** Where a consumer group of the source would go on at the target. */
export interface GroupCheckpoint {
  readonly group: string;
  /** As the target names it. */
  readonly topic: string;
  readonly partition: number;
  readonly upstream: number;
  readonly downstream: number;
  readonly metadata: string;
}

const VERSION = 0;

/**
 * A record of `<source>.checkpoints.internal`. Key: STRING group, STRING topic, INT32 partition. Value: INT16 version (0),
 * INT64 upstream offset, INT64 downstream offset, STRING metadata. @throws MalformedRecordError
 */
export function readCheckpoint(key: Buffer, value: Buffer): GroupCheckpoint {
  const keyReader = new ByteReader(key, 'the key of a checkpoint');
  const group = keyReader.text('the group');
  const topic = keyReader.text('the topic');
  const partition = keyReader.int32('the partition');
  keyReader.end();
  const reader = new ByteReader(value, `the checkpoint of group ${group} in ${topic}-${partition}`);
  const version = reader.int16('the version');
  if (version !== VERSION) throw reader.malformed(`its version is ${version}, and only ${VERSION} is known`);
  const upstream = reader.int64('the upstream offset');
  const downstream = reader.int64('the downstream offset');
  const metadata = reader.text('the metadata');
  reader.end();
  return { group, topic, partition, upstream, downstream, metadata };
}

export const checkpointKey = ({
  group,
  topic,
  partition,
}: Pick<GroupCheckpoint, 'group' | 'topic' | 'partition'>): Buffer =>
  Buffer.concat([text(group), text(topic), int32(partition)]);

export const checkpointValue = ({
  upstream,
  downstream,
  metadata,
}: Pick<GroupCheckpoint, 'upstream' | 'downstream' | 'metadata'>): Buffer =>
  Buffer.concat([int16(VERSION), int64(upstream), int64(downstream), text(metadata)]);
