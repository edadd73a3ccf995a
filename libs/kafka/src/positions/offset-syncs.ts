import { KafkaRefusedError } from '../errors.js';
import { readOffsetSync } from '../mirrormaker/offset-sync.js';
import type { StoredRecord, TopicLog } from '../topic-log.js';
import { SyncTrail } from './sync-trail.js';

const READ = { waitMs: 0, maxBytes: 1_048_576 };
/** Of one look: a topic that was never compacted is caught up with over several. */
const READS_MAX = 32;

/**
 * Follows the offset syncs of one flow. Read from the topic's beginning once, and from where it was left from then on: the
 * topic is compacted, so its beginning holds the latest sync of every partition sooner or later.
 */
export class OffsetSyncs {
  readonly trail = new SyncTrail();
  private next?: bigint;

  /** `log` is of the cluster that the topic lies on. */
  constructor(
    private readonly log: TopicLog,
    private readonly topic: string,
  ) {}

  /**
   * Takes in what was written since. False while the end was not reached: what is known is old, and never too much.
   * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError, MalformedRecordError
   */
  async follow(): Promise<boolean> {
    const end = (await this.log.endOffsets(this.topic)).get(0) ?? 0n;
    if (this.next !== undefined && end < this.next) this.startAnew();
    let next = this.next ?? (await this.log.startOffsets(this.topic)).get(0) ?? 0n;
    for (let reads = 0; next < end && reads < READS_MAX; reads++) {
      const records = await this.read(next);
      for (const record of records) this.take(record);
      // Only markers, or nothing that is left after compaction.
      next = (records.at(-1)?.offset ?? end - 1n) + 1n;
    }
    this.next = next;
    return next >= end;
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

  private take({ key, value }: StoredRecord): void {
    // Without a value it is a sync that was deleted: what was copied remains so.
    if (key && value) this.trail.add(readOffsetSync(key, value));
  }

  private startAnew(): void {
    this.trail.forget();
    this.next = undefined;
  }
}
