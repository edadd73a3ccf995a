import type { SalvageOrder, StrandedRange } from '#libs/domain';
import { fingerprintOf, type Isolation, type StoredWholeRecord, type TopicLog, type WholeLog } from '#libs/kafka';
import { SalvageImpossibleError } from '../errors.js';
import { NewerWrites } from './newer-writes.js';
import { Overlap } from './overlap.js';
import type { Surveyed } from './partition-salvage.js';
import { isOfOrigin } from './provenance.js';

/** A run of so many equal records in a row is no accident. */
const SEQUENCE = 32;
/** How far before its end the last records of a copy are looked for: transactions and compaction leave gaps. */
const LOOK_BACK = 2_000;

/** One end of a flow: who copies reads it whole, and asks where it begins and ends. */
export interface FlowEnd {
  readonly whole: WholeLog;
  readonly log: TopicLog;
}

export interface SurveyOptions {
  readonly source: FlowEnd;
  readonly target: FlowEnd;
  /** As the mirror reads the source: what it copied is compared with that. */
  readonly isolation: Isolation;
}

/**
 * Reads a tail once before it is salvaged: how much of it the mirror had copied without having said so, and which keys
 * are in it. @throws SalvageImpossibleError when the log is not the one that was counted
 */
export async function surveyTail(
  options: SurveyOptions,
  { conflicts, watermark, as }: SalvageOrder,
  range: StrandedRange,
  targetTopic: string,
): Promise<Surveyed> {
  const { source, target, isolation } = options;
  const { topic, partition, from } = range;
  const start = await startOf(source.log, range);
  const end = watermark[`${targetTopic}-${partition}`];
  const newer = new NewerWrites(
    target.whole,
    { topic: targetTopic, partition, from: end ?? 0 },
    as === 'replayed' && end !== undefined ? conflicts : 'keep-all',
  );
  const last = end === undefined ? [] : await lastOf(target, targetTopic, partition, end);
  const overlap = new Overlap(last.map(nameOf));
  const before = Math.max(start, from - LOOK_BACK);
  for await (const record of recordsFrom(source.whole, topic, partition, before, isolation)) {
    overlap.see(nameOf(record), record.offset);
    if (record.offset >= from) newer.expect(record);
  }
  return { newer, copiedUpTo: Math.max(from, overlap.copiedUpTo ?? from) };
}

async function startOf(log: TopicLog, { topic, partition, from, to }: StrandedRange): Promise<number> {
  const [starts, ends] = await Promise.all([log.startOffsets(topic), log.endOffsets(topic)]);
  const [start, end] = [Number(starts.get(partition) ?? 0n), Number(ends.get(partition) ?? 0n)];
  const where = `${topic}-${partition}`;
  if (end < to)
    throw new SalvageImpossibleError(
      `${where} ends at ${end}, and ended at ${to} when it was counted: it lost its end`,
    );
  if (start > from)
    throw new SalvageImpossibleError(
      `${where} starts at ${start}: of what is stranded from ${from} on, the rest is deleted`,
    );
  return start;
}

/** The last records before `end`, in their order. */
async function lastOf(
  { whole, log }: FlowEnd,
  topic: string,
  partition: number,
  end: number,
): Promise<readonly StoredWholeRecord[]> {
  const start = Number((await log.startOffsets(topic)).get(partition) ?? 0n);
  const last: StoredWholeRecord[] = [];
  const from = Math.max(start, end - LOOK_BACK);
  if (from >= end) return last;
  for await (const record of recordsFrom(whole, topic, partition, from, 'read-committed')) {
    if (record.offset >= end) break;
    last.push(record);
    if (last.length > SEQUENCE) last.shift();
  }
  return last;
}

async function* recordsFrom(
  log: WholeLog,
  topic: string,
  partition: number,
  from: number,
  isolation: Isolation,
): AsyncGenerator<StoredWholeRecord> {
  for (let at = from; ;) {
    const { records, next } = await log.read(topic, partition, at, { isolation });
    yield* records;
    if (next === at) return;
    at = next;
  }
}

const nameOf = (record: StoredWholeRecord): string => fingerprintOf(record, isOfOrigin).toString('base64');
