import { KafkaRefusedError } from './errors.js';
import type { InMemoryKafka } from './in-memory.kafka.js';
import { TopicLog, type AppendOutcome, type LogRecord, type ReadOptions, type StoredRecord } from './topic-log.js';

export class InMemoryTopicLog extends TopicLog {
  private reached = false;

  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async topics(): Promise<readonly string[]> {
    await this.kafka.reach(this.principal);
    return this.kafka.topicNames;
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
      this.kafka.demandSize(records, topic);
      if (this.kafka.condition === 'leaderless') throw this.kafka.refusal('NOT_ENOUGH_REPLICAS', topic);
      const offset = BigInt(log.length);
      const timestamp = BigInt(this.kafka.clock.now());
      log.push(
        ...records.map((record, index) => ({ ...record, partition, offset: offset + BigInt(index), timestamp })),
      );
      return { outcome: 'appended', offset };
    } catch (error) {
      if (error instanceof KafkaRefusedError) return { outcome: 'refused', reason: error.reason };
      throw error;
    }
  }

  override async readAll(
    topic: string,
    from: ReadonlyMap<number, bigint>,
    { waitMs }: ReadOptions,
  ): Promise<readonly StoredRecord[]> {
    await this.reach('read', topic);
    const logs = [...from].map(([partition, offset]) => ({ log: this.kafka.partition(topic, partition), offset }));
    if (logs.some(({ log, offset }) => offset > BigInt(log.length)))
      throw this.kafka.refusal('OFFSET_OUT_OF_RANGE', topic);
    if (logs.every(({ log, offset }) => offset === BigInt(log.length))) await this.kafka.clock.sleep(waitMs);
    return logs.flatMap(({ log, offset }) => log.slice(Number(offset)));
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

  private async reach(operation: 'read' | 'describe', topic: string): Promise<void> {
    await this.kafka.reach(this.principal);
    this.reached = true;
    this.kafka.demand(this.principal, operation, topic);
  }
}
