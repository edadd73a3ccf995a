import { MalformedRecordError } from './errors.js';

/** What Connect stored of one partition of a MirrorSourceConnector: the last offset that was copied. */
export interface SourceOffset {
  readonly connector: string;
  /** Alias of the source cluster, as the connector's configuration has it. */
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  /** Of the last record that was copied; `undefined` when the position was deleted. */
  readonly last: number | undefined;
}

/**
 * A record of a worker's offset storage topic, of a MirrorSourceConnector. Key: JSON `["connector", {"cluster", "partition",
 * "topic"}]`, value: JSON `{"offset": n}`, or none. `undefined` for the records of other connectors.
 * @throws MalformedRecordError
 */
export function readSourceOffset(key: Buffer, value: Buffer | null): SourceOffset | undefined {
  const parsed = jsonIn(key, 'the key of a Connect offset');
  if (!Array.isArray(parsed) || typeof parsed[0] !== 'string' || !isRecord(parsed[1])) {
    throw new MalformedRecordError(`the key of a Connect offset is no ["connector", {…}]: ${textOf(key)}`);
  }
  const [connector, { cluster, topic, partition }] = parsed as [string, Record<string, unknown>];
  if (typeof cluster !== 'string' || typeof topic !== 'string' || !isCount(partition)) return undefined;
  return { connector, cluster, topic, partition, last: value === null ? undefined : lastIn(value, topic, partition) };
}

export const sourceOffsetKey = ({ connector, cluster, topic, partition }: Omit<SourceOffset, 'last'>): Buffer =>
  Buffer.from(JSON.stringify([connector, { cluster, partition, topic }]));

export const sourceOffsetValue = (last: number): Buffer => Buffer.from(JSON.stringify({ offset: last }));

function lastIn(value: Buffer, topic: string, partition: number): number {
  const what = `the Connect offset of ${topic}-${partition}`;
  const parsed = jsonIn(value, what);
  if (!isRecord(parsed) || !isCount(parsed['offset'])) {
    throw new MalformedRecordError(`${what} is no {"offset": n}: ${textOf(value)}`);
  }
  return parsed['offset'];
}

function jsonIn(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new MalformedRecordError(`${what} is no JSON: ${textOf(bytes)}`, { cause });
  }
}

const TEXT_MAX = 120;

const textOf = (bytes: Buffer): string => JSON.stringify(bytes.toString('utf8').slice(0, TEXT_MAX));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
