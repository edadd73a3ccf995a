import { UnavailableError, type SalvageOrder, type StrandedRange } from '#libs/domain';
import {
  chained,
  fingerprintOf,
  type PartitionAppend,
  type StoredWholeRecord,
  type WholeLog,
  type WholeRecord,
  type WriterSession,
} from '#libs/kafka';
import { type NewerWrites } from './newer-writes.js';
import { withOrigin } from './provenance.js';
import type { LedgerLine, SalvageLedger } from './salvage-ledger.js';

/** Of the log that is read: what one transaction copies is near to it, and well below what a broker takes by default. */
const PAGE_BYTES = 262_144;
const CHUNK_BYTES = 600_000;
/** Beside the key and the value: headers of origin, lengths. */
const OVERHEAD_BYTES = 260;

/** What is known before the first record is copied. */
export interface Surveyed {
  /** One past the last record that the mirror had copied. */
  readonly copiedUpTo: number;
  readonly newer: NewerWrites;
}

/** Where copies go. */
export interface Destination {
  readonly topic: string;
  readonly partition: number;
}

export interface SalvageTools {
  readonly source: WholeLog;
  readonly ledger: SalvageLedger;
  readonly session: WriterSession;
  readonly signal: AbortSignal;
}

/** `cut-short`: no time is left; what was copied stands in the ledger, and the next one goes on there. */
export type Progress = 'complete' | 'fenced' | 'cut-short';

interface Chunk {
  readonly line: LedgerLine;
  readonly copies: readonly WholeRecord[];
}

/**
 * The stranded records of one partition, from where the ledger says that they were read to. Each transaction holds some
 * copies and the line of the ledger that accounts for them: both are there, or neither.
 */
export class PartitionSalvage {
  constructor(
    private readonly tools: SalvageTools,
    private readonly order: SalvageOrder,
    private readonly range: StrandedRange,
    private readonly destination: Destination,
    private readonly surveyed: Surveyed,
  ) {}

  /** @throws UnavailableError, OutcomeUnknownError, KafkaRefusedError */
  async run(from: LedgerLine | undefined): Promise<Progress> {
    const { source, signal } = this.tools;
    const { topic, partition } = this.range;
    let line = from ?? fresh(this.range);
    for (;;) {
      if (signal.aborted) return 'cut-short';
      const page = await source.read(topic, partition, line.to, { maxBytes: PAGE_BYTES });
      if (page.next === line.to) {
        if (page.stableEnd < page.end) throw undecided(this.range, page.stableEnd);
        return (await this.commit({ line: { ...line, isComplete: true }, copies: [] })) ? 'complete' : 'fenced';
      }
      for (const records of chunksOf(page.records)) {
        await this.surveyed.newer.follow();
        const chunk = this.account(line, records);
        if (!(await this.commit(chunk))) return 'fenced';
        line = chunk.line;
      }
      line = { ...line, to: page.next, aborted: line.aborted + page.aborted };
    }
  }

  private account(before: LedgerLine, records: readonly StoredWholeRecord[]): Chunk {
    const line = { ...before };
    const copies: WholeRecord[] = [];
    for (const record of records) {
      line.to = record.offset + 1;
      line.hash = chained(line.hash, fingerprintOf(record));
      switch (this.fateOf(record)) {
        case 'copied':
          copies.push(withOrigin(record, { ...this.order, ...this.range }));
          line.copied += 1;
          break;
        case 'superseded':
          line.superseded += 1;
          break;
        case 'already-there':
          line.alreadyThere += 1;
          break;
        case 'left':
          line.left += 1;
          break;
      }
    }
    return { line, copies };
  }

  private fateOf(record: StoredWholeRecord): 'copied' | 'superseded' | 'already-there' | 'left' {
    const { copiedUpTo, newer } = this.surveyed;
    if (record.offset < copiedUpTo) return 'already-there';
    if (this.order.as === 'discarded') return 'left';
    return this.order.as === 'replayed' && newer.supersede(record) ? 'superseded' : 'copied';
  }

  private async commit({ line, copies }: Chunk): Promise<boolean> {
    const { ledger, session } = this.tools;
    const appends: readonly PartitionAppend[] = [
      { ...this.destination, records: copies },
      ledger.line(this.order, line),
    ];
    return (await session.commit(appends)) === 'committed';
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const fresh = ({ topic, partition, from }: StrandedRange): Mutable<LedgerLine> => ({
  topic,
  partition,
  from,
  to: from,
  copied: 0,
  superseded: 0,
  alreadyThere: 0,
  left: 0,
  aborted: 0,
  hash: '',
  isComplete: false,
});

/** So many that one transaction can hold them. */
function* chunksOf(records: readonly StoredWholeRecord[]): Generator<readonly StoredWholeRecord[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    const own = sizeOf(record);
    if (bytes + own > CHUNK_BYTES && index > from) {
      yield records.slice(from, index);
      [from, bytes] = [index, 0];
    }
    bytes += own;
  }
  if (from < records.length) yield records.slice(from);
}

const sizeOf = ({ key, value, headers }: WholeRecord): number =>
  OVERHEAD_BYTES +
  (key?.length ?? 0) +
  (value?.length ?? 0) +
  headers.reduce((sum, [name, own]) => sum + name.length + (own?.length ?? 0), 0);

const undecided = ({ topic, partition }: StrandedRange, at: number): UnavailableError =>
  new UnavailableError(
    `A transaction of ${topic}-${partition} has been open since offset ${at}: its broker ends it by its time-out, and then it goes on.`,
  );
