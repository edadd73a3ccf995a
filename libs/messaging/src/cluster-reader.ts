import { KafkaRefusedError, type StoredRecord, type TopicLog } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import type { Link } from './link.js';

export interface ReaderPace {
  /** How long a broker may hold a read that finds nothing; below the log's request time-out. */
  readonly waitMs: number;
  /** Between a failure and the next attempt. */
  readonly retryMs: number;
}

/**
 * Reads one topic of one cluster from its end on, without a group. It goes on where it was when the cluster comes back,
 * and from the new end when the log it was reading is gone.
 */
export class ClusterReader {
  constructor(
    private readonly log: TopicLog,
    private readonly link: Link,
    private readonly clock: Clock,
    private readonly pace: ReaderPace,
  ) {}

  /** Never rejects; ends when `signal` aborts. */
  async run(topic: string, deliver: (record: StoredRecord) => Promise<void>, signal: AbortSignal): Promise<void> {
    let next = new Map<number, bigint>();
    let isPlaced = false;
    while (!signal.aborted) {
      try {
        if (!isPlaced) next = placed(next, await this.log.endOffsets(topic));
        isPlaced = true;
        const records = await this.readSome(topic, next, signal);
        this.link.up();
        for (const record of records) {
          if (signal.aborted) return;
          await deliver(record);
          next.set(record.partition, record.offset + 1n);
        }
      } catch (error) {
        isPlaced = false;
        // What we wanted has been deleted: what is of use now is what comes next.
        if (error instanceof KafkaRefusedError) next.clear();
        this.link.down(error);
        await this.clock.sleep(this.pace.retryMs, signal);
      }
    }
  }

  /** A read that comes back empty and early met something that is no record: never spins on it. */
  private async readSome(topic: string, next: ReadonlyMap<number, bigint>, signal: AbortSignal) {
    const startedMs = this.clock.monotonicMs();
    const records = await this.log.readAll(topic, next, { waitMs: this.pace.waitMs });
    const leftMs = startedMs + this.pace.waitMs / 2 - this.clock.monotonicMs();
    if (records.length === 0 && leftMs > 0) await this.clock.sleep(leftMs, signal);
    return records;
  }
}

/** Goes on where it was, unless the log is not that long any more, or the partition is a new one. */
const placed = (before: ReadonlyMap<number, bigint>, ends: ReadonlyMap<number, bigint>): Map<number, bigint> =>
  new Map([...ends].map(([partition, end]) => [partition, smaller(before.get(partition) ?? end, end)]));

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);
