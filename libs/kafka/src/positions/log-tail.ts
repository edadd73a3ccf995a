import { KafkaRefusedError } from '../errors.js';
import type { StoredRecord, TopicLog } from '../topic-log.js';

const READ = { waitMs: 0, maxBytes: 1_048_576 };
/** Of one look: a topic that was never compacted is caught up with over several. */
const READS_MAX = 32;

/** Who reads along. */
export interface TailReader {
  take(record: StoredRecord): void;
  /** The log is another one, or was not followed for too long: what was taken says nothing any more. */
  startAnew(): void;
}

/**
 * Follows the one partition of a compacted topic: from its beginning once, and from where it was left from then on. Its
 * beginning holds the latest record of every key sooner or later. With `begin: 'end'` what is there already is left out.
 */
export class LogTail {
  private next?: bigint;

  /** `log` is of the cluster that the topic lies on. */
  constructor(
    private readonly log: TopicLog,
    private readonly topic: string,
    private readonly reader: TailReader,
    private readonly begin: 'start' | 'end' = 'start',
  ) {}

  /**
   * Takes in what was written since. False while the end was not reached: what is known is old, and never too much.
   * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError, and as `take` does
   */
  async follow(): Promise<boolean> {
    const end = (await this.log.endOffsets(this.topic)).get(0) ?? 0n;
    if (this.next !== undefined && end < this.next) this.startAnew();
    let next = this.next ?? (this.begin === 'end' ? end : await this.start());
    for (let reads = 0; next < end && reads < READS_MAX; reads++) {
      const records = await this.read(next);
      for (const record of records) this.reader.take(record);
      // Only markers, or nothing that is left after compaction.
      next = (records.at(-1)?.offset ?? end - 1n) + 1n;
    }
    this.next = next;
    return next >= end;
  }

  private async start(): Promise<bigint> {
    return (await this.log.startOffsets(this.topic)).get(0) ?? 0n;
  }

  private async read(from: bigint): Promise<readonly StoredRecord[]> {
    try {
      return await this.log.read(this.topic, 0, from, READ);
    } catch (error) {
      // What was not read yet is deleted by now, or the topic was created anew: from its beginning again.
      if (error instanceof KafkaRefusedError && error.reason === 'OFFSET_OUT_OF_RANGE') this.startAnew();
      throw error;
    }
  }

  private startAnew(): void {
    this.reader.startAnew();
    this.next = undefined;
  }
}
