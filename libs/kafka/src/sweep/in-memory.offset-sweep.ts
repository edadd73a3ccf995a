import type { InMemoryKafka } from '../in-memory.kafka.js';
import { KafkaRefusedError } from '../errors.js';
import { OffsetSweep, type Isolation, type PartitionOffsets, type SweptOffsets } from './offset-sweep.js';

/** Of a cluster in memory, which has no transactions: both kinds of isolation see the same. */
export class InMemoryOffsetSweep extends OffsetSweep {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override ends(topics: readonly string[], _isolation: Isolation): Promise<SweptOffsets> {
    return this.sweep(topics, (topic) =>
      Float64Array.from(this.kafka.partitionsOf(topic), (log) => Number(log.at(-1)?.offset ?? -1n) + 1),
    );
  }

  override starts(topics: readonly string[]): Promise<SweptOffsets> {
    return this.sweep(topics, (topic) => new Float64Array(this.kafka.partitionsOf(topic).length));
  }

  private async sweep(
    topics: readonly string[],
    offsetsOf: (topic: string) => PartitionOffsets,
  ): Promise<SweptOffsets> {
    await this.kafka.reach(this.principal);
    return new Map(topics.filter((topic) => this.isDescribable(topic)).map((topic) => [topic, offsetsOf(topic)]));
  }

  private isDescribable(topic: string): boolean {
    try {
      this.kafka.demand(this.principal, 'describe', topic);
      this.kafka.partitionsOf(topic);
      return true;
    } catch (error) {
      if (error instanceof KafkaRefusedError) return false;
      throw error;
    }
  }
}
