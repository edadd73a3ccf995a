import type { Positions } from '#libs/domain';
import { KafkaRefusedError, type OffsetSyncs } from '#libs/kafka';
import { PositionsSource } from '../positions-source.js';
import { partitionKey, type TopicPartition } from '../topic-partition.js';

/** One look takes in a part of a log that was never compacted. */
const LOOKS_MAX = 100;

/**
 * How far a flow has come by its offset syncs alone: what runs on its own has no REST interface to ask. Never too far; a
 * mirror tells every `offset.lag.max` records, and the rest when it stores its offsets.
 */
export class SyncedPositions extends PositionsSource {
  constructor(
    private readonly syncs: Pick<OffsetSyncs, 'follow' | 'trail'>,
    /** Partitions of the flow, by the names that they have at the source. */
    private readonly partitions: () => Promise<readonly TopicPartition[]>,
  ) {
    super();
  }

  /** None of a flow that never ran: it has no topic for them yet. */
  override async read(signal: AbortSignal): Promise<Positions> {
    if (!(await this.areFollowed(signal))) return {};
    const told = (await this.partitions()).flatMap((each): readonly (readonly [string, number])[] => {
      const sync = this.syncs.trail.at(each.topic, each.partition);
      return sync ? [[partitionKey(each), sync.copiedAtLeast]] : [];
    });
    return Object.fromEntries(told);
  }

  private async areFollowed(signal: AbortSignal): Promise<boolean> {
    try {
      for (let looks = 0; looks < LOOKS_MAX && !signal.aborted; looks++) if (await this.syncs.follow()) return true;
      return true;
    } catch (error) {
      if (error instanceof KafkaRefusedError && error.reason === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
      throw error;
    }
  }
}
