export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** As positions name a partition: `orders-0`. */
export const partitionKey = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

/** A topic may have hyphens of its own. */
export function parsePartitionKey(key: string): TopicPartition {
  const hyphen = key.lastIndexOf('-');
  return { topic: key.slice(0, hyphen), partition: Number(key.slice(hyphen + 1)) };
}
