import type { Clock } from '#libs/runtime';
import { KafkaRefusedError } from './errors.js';
import type { InMemoryKafka } from './in-memory.kafka.js';
import { TopicLog, type AppendOutcome, type LogRecord, type ReadOptions, type StoredRecord } from './topic-log.js';

export class InMemoryTopicLog extends TopicLog {
  private reached = false;

  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly clock: Clock,
    private readonly principal = 'User:admin',
  ) {
    super();
  }

  override async partitions(topic: string): Promise<readonly number[]> {
    await this.reach('describe', topic);
    return this.kafka.partitionsOf(topic).map((_, index) => index);
  }

  override async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<AppendOutcome> {
    await this.kafka.reach(this.principal, true);
    try {
      this.kafka.demand(this.principal, 'write', topic);
      const log = this.kafka.partition(topic, partition);
      if (this.kafka.condition === 'leaderless') throw this.kafka.refusal('NOT_ENOUGH_REPLICAS', topic);
      const offset = BigInt(log.length);
      const timestamp = BigInt(this.clock.now());
      log.push(
        ...records.map((record, index) => ({ ...record, partition, offset: offset + BigInt(index), timestamp })),
      );
      return { outcome: 'appended', offset };
    } catch (error) {
      if (error instanceof KafkaRefusedError) return { outcome: 'refused', reason: error.reason };
      throw error;
    }
  }

  override async read(
    topic: string,
    partition: number,
    from: bigint,
    { waitMs }: ReadOptions,
  ): Promise<readonly StoredRecord[]> {
    await this.reach('read', topic);
    const log = this.kafka.partition(topic, partition);
    if (from > BigInt(log.length)) throw this.kafka.refusal('OFFSET_OUT_OF_RANGE', topic);
    if (from === BigInt(log.length)) await this.clock.sleep(waitMs);
    return log.slice(Number(from));
  }

  override async endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    await this.reach('describe', topic);
    return new Map(this.kafka.partitionsOf(topic).map((log, index) => [index, BigInt(log.length)]));
  }

  override async startOffsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    await this.reach('describe', topic);
    return new Map(this.kafka.partitionsOf(topic).map((_, index) => [index, 0n]));
  }

  override kafkaClusterId(): string | undefined {
    return this.reached ? `in-memory-${this.kafka.cluster}` : undefined;
  }

  override async close(): Promise<void> {}

  private async reach(operation: 'read' | 'describe', topic: string): Promise<void> {
    await this.kafka.reach(this.principal);
    this.reached = true;
    this.kafka.demand(this.principal, operation, topic);
  }
}
