import { fingerprintOf, KafkaRefusedError, type TopicLog, type WholeLog, type WholeRecord } from '#libs/kafka';

/** What a record is compared by, and what is said about one that differs. */
export interface WindowRecord {
  readonly offset: number;
  readonly fingerprint: string;
  readonly timestamp: number;
  /** As text, shortened. */
  readonly key: string | null;
  readonly valueBytes: number | null;
  readonly headers: number;
  /** A copy that a salvage made: the other site has it where it was written first. */
  readonly isSalvaged: boolean;
}

/** Both ways to look at one cluster. */
export interface ComparedEnd {
  readonly whole: WholeLog;
  readonly log: TopicLog;
}

const ORIGIN = 'signalbox.origin-';
const KEY_SHOWN = 40;
/** Transactions leave markers between records, and compaction gaps: more offsets than records are read. */
const OFFSETS_PER_RECORD = 3;

/** The last records of a partition, at most so many, committed ones only. */
export async function lastRecords(
  { whole, log }: ComparedEnd,
  topic: string,
  partition: number,
  count: number,
): Promise<readonly WindowRecord[]> {
  const [starts, ends] = await Promise.all([log.startOffsets(topic), log.endOffsets(topic)]);
  const [start, end] = [Number(starts.get(partition) ?? 0n), Number(ends.get(partition) ?? 0n)];
  const found: WindowRecord[] = [];
  for (let at = Math.max(start, end - count * OFFSETS_PER_RECORD); at < end;) {
    const { records, next } = await whole.read(topic, partition, at);
    for (const { offset, ...record } of records) if (offset < end) found.push({ offset, ...shown(record) });
    if (next === at) break;
    at = next;
  }
  return found.slice(-count);
}

/** Undefined where the topic is not there, or not ours to see. */
export async function partitionsOf({ log }: ComparedEnd, topic: string): Promise<readonly number[] | undefined> {
  try {
    return await log.partitions(topic);
  } catch (error) {
    if (error instanceof KafkaRefusedError) return undefined;
    throw error;
  }
}

function shown(record: WholeRecord): Omit<WindowRecord, 'offset'> {
  const { key, value, headers, timestamp } = record;
  const isOrigin = (name: Buffer) => name.toString('latin1').startsWith(ORIGIN);
  const own = headers.filter(([name]) => !isOrigin(name));
  return {
    fingerprint: fingerprintOf(record, isOrigin).toString('base64'),
    timestamp,
    key: key && key.toString().slice(0, KEY_SHOWN),
    valueBytes: value?.length ?? null,
    headers: own.length,
    isSalvaged: own.length < headers.length,
  };
}
