import { ByteReader } from './byte-reader.js';
import { int16, int64, text } from './byte-writer.js';

/** Says that something was written for the flow between two aliases. */
export interface Heartbeat {
  readonly source: string;
  readonly target: string;
  /** In ms since 1970, by the clock of the Connect worker that wrote it. */
  readonly atMs: number;
}

const VERSION = 0;

/**
 * A record of `heartbeats`. Key: STRING source alias, STRING target alias. Value: INT16 version (0), INT64 timestamp.
 * @throws MalformedRecordError
 */
export function readHeartbeat(key: Buffer, value: Buffer): Heartbeat {
  const keyReader = new ByteReader(key, 'the key of a heartbeat');
  const source = keyReader.text('the source alias');
  const target = keyReader.text('the target alias');
  keyReader.end();
  const reader = new ByteReader(value, `the heartbeat of ${source} to ${target}`);
  const version = reader.int16('the version');
  if (version !== VERSION) throw reader.malformed(`its version is ${version}, and only ${VERSION} is known`);
  const atMs = reader.int64('the timestamp');
  reader.end();
  return { source, target, atMs };
}

export const heartbeatKey = ({ source, target }: Pick<Heartbeat, 'source' | 'target'>): Buffer =>
  Buffer.concat([text(source), text(target)]);

export const heartbeatValue = ({ atMs }: Pick<Heartbeat, 'atMs'>): Buffer =>
  Buffer.concat([int16(VERSION), int64(atMs)]);
