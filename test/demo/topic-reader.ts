import type { TopicLog } from '#libs/kafka';
import type { RecordId } from './ledger.js';

const WAIT_MS = 100;

/**
 * Every record of a topic, from the beginning to what was its end when it was asked. Without a group, by another client
 * library and another principal than the producers and the consumer: it shares nothing with what it checks.
 */
export const readTopic = async (log: TopicLog, topic: string): Promise<RecordId[]> => {
  const ends = await log.endOffsets(topic);
  const found: RecordId[] = [];
  for (const [partition, end] of ends) {
    let next = (await log.startOffsets(topic)).get(partition) ?? 0n;
    while (next < end) {
      const records = await log.read(topic, partition, next, { waitMs: WAIT_MS });
      for (const { key, offset } of records) {
        if (offset < end) found.push(String(key));
        next = offset + 1n;
      }
    }
  }
  return found;
};
