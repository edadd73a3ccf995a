import type { TopicLog } from '#libs/kafka';
import type { EndOffsets } from './connect-rest.mirror.js';

/** Ends of all partitions of the topics that `isOfFlow` picks, as the target cluster names them. */
export const endOffsetsAt =
  (log: TopicLog, isOfFlow: (targetTopic: string) => boolean): EndOffsets =>
  async () => {
    const topics = (await log.topics()).filter(isOfFlow);
    const ends = await Promise.all(topics.map(async (topic) => [topic, await log.endOffsets(topic)] as const));
    return Object.fromEntries(
      ends.flatMap(([topic, partitions]) =>
        [...partitions].map(([partition, end]) => [`${topic}-${partition}`, Number(end)]),
      ),
    );
  };
