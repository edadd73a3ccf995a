import { readOffsetSync } from '../mirrormaker/offset-sync.js';
import type { TopicLog } from '../topic-log.js';
import { LogTail } from './log-tail.js';
import { SyncTrail } from './sync-trail.js';

/** Follows the offset syncs of one flow. */
export class OffsetSyncs {
  readonly trail = new SyncTrail();
  private readonly tail: LogTail;

  /** `log` is of the cluster that the topic lies on. */
  constructor(log: TopicLog, topic: string) {
    this.tail = new LogTail(log, topic, {
      // Without a value it is a sync that was deleted: what was copied remains so.
      take: ({ key, value }) => key && value && this.trail.add(readOffsetSync(key, value)),
      startAnew: () => this.trail.forget(),
    });
  }

  /**
   * Takes in what was written since. False while the end was not reached: what is known is old, and never too much.
   * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError, MalformedRecordError
   */
  follow(): Promise<boolean> {
    return this.tail.follow();
  }
}
