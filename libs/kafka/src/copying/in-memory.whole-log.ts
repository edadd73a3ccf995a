import type { InMemoryKafka } from '../in-memory.kafka.js';
import type { StoredRecord } from '../topic-log.js';
import { WholeLog, type WholePage } from './whole-log.js';
import type { StoredWholeRecord } from './whole-record.js';

const RECORDS_PER_PAGE = 500;

/** Knows no transactions: all there is counts. Header values are texts, and no name comes twice. */
export class InMemoryWholeLog extends WholeLog {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async read(topic: string, partition: number, from: number): Promise<WholePage> {
    await this.kafka.reach(this.principal);
    this.kafka.demand(this.principal, 'read', topic);
    const log = this.kafka.partition(topic, partition);
    if (from > log.length) throw this.kafka.refusal('OFFSET_OUT_OF_RANGE', topic);
    const records = log.slice(from, from + RECORDS_PER_PAGE).map(wholeOf);
    return { records, aborted: 0, next: from + records.length, stableEnd: log.length, end: log.length };
  }
}

const wholeOf = ({ offset, timestamp, key, value, headers }: StoredRecord): StoredWholeRecord => ({
  offset: Number(offset),
  timestamp: Number(timestamp),
  key: key ?? null,
  value,
  headers: Object.entries(headers ?? {}).map(([name, own]) => [Buffer.from(name), Buffer.from(own)]),
});
