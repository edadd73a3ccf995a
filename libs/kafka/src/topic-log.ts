/** What a topic's partitions hold; keys and values are bytes, since half of what we read is not ours. */
export interface LogRecord {
  readonly key?: Buffer;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StoredRecord extends LogRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** As the producer or the broker set it, in ms since 1970. */
  readonly timestamp: bigint;
}

/**
 * - `appended`: acknowledged by all in-sync replicas; the first record is at `offset`.
 * - `refused`: the broker said no and nothing was written; `reason` is Kafka's name for it.
 */
export type AppendOutcome =
  { readonly outcome: 'appended'; readonly offset: bigint } | { readonly outcome: 'refused'; readonly reason: string };

export interface ReadOptions {
  /** How long the broker may wait for a first record; must stay below the access's `timeoutMs`. */
  readonly waitMs: number;
  readonly maxBytes?: number;
}

/**
 * Port: the partitions of one cluster as one principal. No retries and no groups: every call ends within twice the
 * access's `timeoutMs` (a connect and a request), and reaches the partition's leader as the latest metadata has it.
 *
 * Every method throws UnavailableError when nobody was reached, KafkaAuthenticationError when the login was refused,
 * and KafkaRefusedError when the broker said no.
 */
export abstract class TopicLog {
  /** Names of the topics the principal may describe, Kafka's internal ones excepted. */
  abstract topics(): Promise<readonly string[]>;

  /** Ids of the topic's partitions, in order. Always asks the cluster, and so refreshes what is known of leaders. */
  abstract partitions(topic: string): Promise<readonly number[]>;

  /** Appends with acks=all. @throws OutcomeUnknownError when it was sent and no clear answer came. */
  abstract append(topic: string, partition: number, records: readonly LogRecord[]): Promise<AppendOutcome>;

  /**
   * Records of several partitions from the given offsets on, in order within a partition; waits for a first one anywhere.
   * Uncommitted transactions are included. While a broker waits it answers nothing else on this log's connections.
   */
  abstract readAll(
    topic: string,
    from: ReadonlyMap<number, bigint>,
    options: ReadOptions,
  ): Promise<readonly StoredRecord[]>;

  /** As `readAll`, of one partition. */
  read(topic: string, partition: number, from: bigint, options: ReadOptions): Promise<readonly StoredRecord[]> {
    return this.readAll(topic, new Map([[partition, from]]), options);
  }

  /** Log end (high watermark) by partition: the offset the next record gets, open transactions included. */
  abstract endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>;

  abstract startOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>;

  /** What Kafka calls the cluster (cluster.id); `undefined` before the first answer. */
  abstract kafkaClusterId(): string | undefined;
}
