import type { PartitionPosition, PositionProblem } from '#libs/domain';
import type { SweptOffsets } from '../sweep/offset-sweep.js';
import { PartitionBook } from './partition-book.js';
import { PeakRate } from './peak-rate.js';
import { beyondSourceEnd } from './rebirth.js';
import type { SyncTrail } from './sync-trail.js';

/** The source as it was asked at `atMs` (monotonic, before the first request). */
export interface SourceLook {
  readonly atMs: number;
  readonly ends: SweptOffsets;
  /** Not asked for each time. */
  readonly starts?: SweptOffsets;
}

/** What the mirror's side told between `atMs` and `endedAtMs`. */
export interface MirrorLook {
  readonly atMs: number;
  readonly endedAtMs: number;
  /** By Connect: the next source offset; absent when it did not tell. */
  readonly stored?: SweptOffsets;
  /**
   * Ends at the target, by the target's names of the topics; none for a topic that it does not have, and no entry for one
   * that it was not asked for. Asked for before the syncs were read.
   */
  readonly targetEnds?: SweptOffsets;
  readonly syncs?: SyncTrail;
}

export interface BookOptions {
  /** What the target calls a topic of the source. */
  readonly targetTopic: (topic: string) => string;
  /** Topics that the flow names, without prefixes: each must be there. */
  readonly mustExist: readonly string[];
  /** Whether the mirror writes in transactions. */
  readonly isTransactional: boolean;
}

/** How far a flow has come, by now. Ages in ms up to the moment it was asked for. */
export interface PositionSample {
  readonly lagRecords: number;
  readonly lagMs: number;
  readonly sourceAgeMs: number;
  readonly mirrorAgeMs: number;
  readonly movedAgeMs?: number;
  /** Of all partitions together: they are not at their fastest at the same time. */
  readonly peakPerSecond: number;
  readonly partitions: readonly PartitionPosition[];
  readonly problems: readonly PositionProblem[];
}

/**
 * How far a flow has come, from looks at its two sides that are never at the same time. Pure but for what it remembers;
 * all times are of one monotonic clock. While the source is silent its ends stand still and grow old, and what still
 * arrives of them counts.
 */
export class PositionBook {
  private readonly topics = new Map<string, PartitionBook[]>();
  private source?: SourceLook;
  private mirror?: MirrorLook;
  private movedAtMs?: number;
  private readonly peak = new PeakRate();
  /** Records that were seen to come to the source, in all. */
  private grown = 0;

  constructor(private readonly options: BookOptions) {}

  sawSource(look: SourceLook): void {
    for (const [topic, ends] of look.ends) this.sawTopic(topic, ends, look);
    this.peak.saw(look.atMs, this.grown);
    // A topic that was deleted is no part of the flow any more; one that is named stays, as what is missing.
    for (const topic of this.topics.keys())
      if (!look.ends.has(topic) && !this.options.mustExist.includes(topic)) this.topics.delete(topic);
    this.source = look;
    this.weigh();
  }

  sawMirror(look: MirrorLook): void {
    this.mirror = look;
    this.weigh();
  }

  /** `undefined` until both sides were seen. */
  sample(nowMs: number): PositionSample | undefined {
    if (!this.source || !this.mirror) return undefined;
    const partitions = [...this.topics].flatMap(([topic, books]) =>
      books.map((book, partition) => positionOf(topic, partition, book)),
    );
    return {
      lagRecords: partitions.reduce((sum, { sourceEnd, copied }) => sum + sourceEnd - copied, 0),
      lagMs: partitions.reduce((most, { lagMs }) => Math.max(most, lagMs), 0),
      sourceAgeMs: ageOf(this.oldestEndAtMs(), nowMs),
      mirrorAgeMs: ageOf(this.mirror.atMs, nowMs),
      ...(this.movedAtMs !== undefined && { movedAgeMs: ageOf(this.movedAtMs, nowMs) }),
      peakPerSecond: Math.ceil(this.peak.perSecond),
      partitions,
      problems: this.problems(),
    };
  }

  private sawTopic(topic: string, ends: Float64Array, { atMs, starts }: SourceLook): void {
    const books = this.topics.get(topic) ?? [];
    this.topics.set(topic, books);
    for (const [partition, end] of ends.entries()) {
      // The looks before did not show it: it is new, and so is all it holds.
      const book = (books[partition] ??= new PartitionBook(atMs, this.source?.atMs));
      const start = starts?.get(topic)?.[partition];
      if (start !== undefined && !Number.isNaN(start)) book.sawStart(start);
      if (!Number.isNaN(end)) this.grown += book.sawEnd(atMs, end);
    }
  }

  private weigh(): void {
    const { mirror } = this;
    if (!mirror || !this.source) return;
    const { stored, syncs, targetEnds, endedAtMs } = mirror;
    const { isTransactional } = this.options;
    for (const [topic, books] of this.topics) {
      const [own, ends] = [stored?.get(topic), targetEnds?.get(this.options.targetTopic(topic))];
      for (const [partition, book] of books.entries()) {
        const word = {
          stored: toldIn(own, partition),
          targetEnd: ends?.[partition],
          sync: syncs?.at(topic, partition),
          isTransactional,
          endedAtMs,
        };
        if (book.sawMirror(word)) this.movedAtMs = Math.max(this.movedAtMs ?? 0, endedAtMs);
      }
    }
  }

  /** Of topics that are there; what is missing is named instead. */
  private oldestEndAtMs(): number {
    let oldest = this.source?.atMs ?? 0;
    for (const [topic, books] of this.topics)
      if (this.source?.ends.has(topic)) for (const { toldAtMs } of books) oldest = Math.min(oldest, toldAtMs);
    return oldest;
  }

  private problems(): readonly PositionProblem[] {
    const { mustExist } = this.options;
    const missing = mustExist.filter((topic) => !this.source?.ends.has(topic)).map(sourceTopicMissing);
    const found = [...this.topics].flatMap(([topic, books]) => this.problemsOf(topic, books));
    return [...missing, ...found, ...(this.mirror?.stored ? [] : [MIRROR_SILENT])];
  }

  private problemsOf(topic: string, books: readonly PartitionBook[]): readonly PositionProblem[] {
    return [
      ...this.targetProblems(topic, books.length),
      ...books.flatMap((book, id) => logProblems(`${topic}-${id}`, book)),
    ];
  }

  private targetProblems(topic: string, partitions: number): readonly PositionProblem[] {
    const { targetEnds, syncs } = this.mirror ?? {};
    const name = this.options.targetTopic(topic);
    const ends = targetEnds?.get(name);
    const apart = range(partitions).filter((id) => syncs?.at(topic, id)?.hasExtras).length;
    return [
      ...(ends?.length === 0 ? [targetTopicMissing(topic, name)] : []),
      ...(ends && ends.length > 0 && ends.length < partitions
        ? [partitionsMissing(topic, partitions, name, ends.length)]
        : []),
      ...(apart > 0 ? [countsApart(topic, apart)] : []),
    ];
  }
}

function logProblems(where: string, book: PartitionBook): readonly PositionProblem[] {
  const { endsTooEarly, startsTooLate, sourceEnd } = book;
  return [
    ...(endsTooEarly ? [beyondSourceEnd(where, sourceEnd)] : []),
    ...(startsTooLate ? [deletedBeforeCopied(where)] : []),
  ];
}

const positionOf = (topic: string, partition: number, book: PartitionBook): PartitionPosition => ({
  topic,
  partition,
  sourceEnd: book.sourceEnd,
  ...book.copied,
  lagMs: Math.round(book.lagMs),
  peakPerSecond: Math.ceil(book.peakPerSecond),
});

const toldIn = (offsets: Float64Array | undefined, partition: number): number | undefined => {
  const offset = offsets?.[partition];
  return offset === undefined || Number.isNaN(offset) ? undefined : offset;
};

const ageOf = (atMs: number, nowMs: number): number => Math.max(0, Math.round(nowMs - atMs));

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const MIRROR_SILENT: PositionProblem = {
  kind: 'mirror-silent',
  message: 'Connect does not tell what it has copied: the flow is followed by its offset syncs alone',
};

const sourceTopicMissing = (topic: string): PositionProblem => ({
  kind: 'source-topic-missing',
  where: topic,
  message: `the source has no topic ${topic}, or does not let us describe it`,
});

const targetTopicMissing = (topic: string, name: string): PositionProblem => ({
  kind: 'target-topic-missing',
  where: topic,
  message: `the target has no topic ${name}, or does not let us describe it: nothing of ${topic} is copied`,
});

const partitionsMissing = (topic: string, partitions: number, name: string, there: number): PositionProblem => ({
  kind: 'target-partitions-missing',
  where: topic,
  message: `${topic} has ${partitions} partitions and ${name} at the target ${there}: the rest is not copied`,
});

const countsApart = (topic: string, partitions: number): PositionProblem => ({
  kind: 'counts-apart',
  where: topic,
  message:
    `the target's log of ${topic} grew by more than was copied, in ${partitions} of its partitions (transaction ` +
    'markers, or records copied twice): only what the mirror itself told counts as copied there',
});

const deletedBeforeCopied = (where: string): PositionProblem => ({
  kind: 'deleted-before-copied',
  where,
  message: `the source deleted records of ${where} before they were copied: they are in no log any more`,
});
