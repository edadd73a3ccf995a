import { readCheckpoint, type GroupCheckpoint } from '../mirrormaker/checkpoint.js';
import type { TopicLog } from '../topic-log.js';
import { LogTail } from './log-tail.js';

/** Follows where the source's consumer groups would go on at the target: the latest checkpoint of each in every partition. */
export class GroupCheckpoints {
  private readonly checkpoints = new Map<string, GroupCheckpoint>();
  private readonly tail: LogTail;

  /** `log` is of the target. */
  constructor(log: TopicLog, topic: string) {
    this.tail = new LogTail(log, topic, {
      take: ({ key, value }) => {
        if (!key) return;
        if (value) this.checkpoints.set(key.toString('hex'), readCheckpoint(key, value));
        else this.checkpoints.delete(key.toString('hex'));
      },
      startAnew: () => this.checkpoints.clear(),
    });
  }

  /** As OffsetSyncs. @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError, MalformedRecordError */
  follow(): Promise<boolean> {
    return this.tail.follow();
  }

  latest(): readonly GroupCheckpoint[] {
    return [...this.checkpoints.values()];
  }
}
