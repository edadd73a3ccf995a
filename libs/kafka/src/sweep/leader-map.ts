import type { BrokerPool } from '../broker-pool.js';

/** Who leads which partitions of some topics, as one answer had it. */
export interface LeaderMap {
  readonly atMs: number;
  /** How many partitions each topic has; those without a leader among them. */
  readonly partitions: ReadonlyMap<string, number>;
  /** By broker: its partitions of each topic. */
  readonly led: ReadonlyMap<number, ReadonlyMap<string, readonly number[]>>;
}

/** @throws UnavailableError, KafkaAuthenticationError */
export async function askLeaders(pool: BrokerPool, topics: readonly string[], atMs: number): Promise<LeaderMap> {
  const partitions = new Map<string, number>();
  const led = new Map<number, Map<string, number[]>>();
  for (const { name, partitions: own } of await pool.describe(topics)) {
    partitions.set(name, own.length);
    for (const { partitionIndex, leaderId } of own) {
      const byTopic = led.get(leaderId) ?? new Map<string, number[]>();
      led.set(leaderId, byTopic);
      const mine = byTopic.get(name) ?? [];
      byTopic.set(name, mine);
      mine.push(partitionIndex);
    }
  }
  // Nobody leads what has no leader.
  led.delete(-1);
  return { atMs, partitions, led };
}
