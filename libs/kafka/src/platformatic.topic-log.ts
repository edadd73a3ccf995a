import { fetchV12, listOffsetsV7, produceV9, FetchIsolationLevels, ListOffsetTimestamps } from '@platformatic/kafka';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { BrokerConnection } from './broker-connection.js';
import type { BrokerPool } from './broker-pool.js';
import { describeAccess } from './cluster-access.js';
import { KafkaRefusedError } from './errors.js';
import { reasonsIn, refusedBy } from './platformatic.errors.js';
import { TopicLog, type AppendOutcome, type LogRecord, type ReadOptions, type StoredRecord } from './topic-log.js';

const ACKS_ALL = -1;
/** "Whatever epoch the leader has": an old leader is found out by NOT_LEADER_OR_FOLLOWER anyway. */
const ANY_EPOCH = -1;
const CONSUMER = -1;
const NO_SESSION = 0;
const READ_MAX_BYTES = 1_048_576;

/** The leader has the record and cannot promise that it stays. */
const MAYBE_WRITTEN = ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'REQUEST_TIMED_OUT', 'NETWORK_EXCEPTION'];
const NOT_THE_LEADER = ['NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'KAFKA_STORAGE_ERROR'];

/** Single requests at fixed API versions that Kafka 3.3 to 4.x all serve, without the client's retries and batching. */
export class PlatformaticTopicLog extends TopicLog {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  override async partitions(topic: string): Promise<readonly number[]> {
    return this.translated(topic, async () => (await this.pool.refresh(topic)).map(({ partition }) => partition));
  }

  override async append(topic: string, partition: number, records: readonly LogRecord[]): Promise<AppendOutcome> {
    try {
      return await this.send(
        await this.translated(topic, () => this.pool.leaderOf(topic, partition)),
        topic,
        partition,
        records,
      );
    } catch (error) {
      // A principal without any right on the topic is refused before there is a leader to send to.
      if (error instanceof KafkaRefusedError) return { outcome: 'refused', reason: error.reason };
      throw error;
    }
  }

  private async send(
    broker: BrokerConnection,
    topic: string,
    partition: number,
    records: readonly LogRecord[],
  ): Promise<AppendOutcome> {
    const messages = records.map(({ key, value, headers }) => ({
      topic,
      partition,
      value: value ?? undefined,
      ...(key && { key }),
      ...(headers && { headers: headerBytes(headers) }),
    }));
    try {
      const answer = await broker.call(produceV9.api, ACKS_ALL, this.pool.access.timeoutMs, messages as never);
      // The client answers `true` only to acks=0, which is never asked for.
      const offset = typeof answer === 'boolean' ? undefined : answer.responses[0]?.partitionResponses[0]?.baseOffset;
      if (offset === undefined) throw new OutcomeUnknownError(`${broker.where} named no offset for ${topic}.`);
      return { outcome: 'appended', offset };
    } catch (error) {
      return this.unappended(topic, broker, error);
    }
  }

  override async read(
    topic: string,
    partition: number,
    from: bigint,
    { waitMs, maxBytes = READ_MAX_BYTES }: ReadOptions,
  ): Promise<readonly StoredRecord[]> {
    return this.translated(topic, async () => {
      const broker = await this.pool.leaderOf(topic, partition);
      const wanted = [
        {
          topicId: topic, // versions up to 12 carry the topic's name here
          partitions: [
            {
              partition,
              currentLeaderEpoch: ANY_EPOCH,
              fetchOffset: from,
              lastFetchedEpoch: -1,
              partitionMaxBytes: maxBytes,
            },
          ],
        },
      ];
      const { READ_UNCOMMITTED } = FetchIsolationLevels;
      const answer = await broker.call(
        fetchV12.api,
        waitMs,
        1,
        maxBytes,
        READ_UNCOMMITTED,
        NO_SESSION,
        -1,
        wanted,
        [],
        '',
      );
      return (answer.responses[0]?.partitions[0]?.records ?? []).flatMap((batch) => recordsOf(batch, partition, from));
    });
  }

  override endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.offsets(topic, ListOffsetTimestamps.LATEST);
  }

  override startOffsets(topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.offsets(topic, ListOffsetTimestamps.EARLIEST);
  }

  override kafkaClusterId(): string | undefined {
    return this.pool.kafkaClusterId;
  }

  override close(): Promise<void> {
    return this.pool.close();
  }

  private offsets(topic: string, timestamp: bigint): Promise<ReadonlyMap<number, bigint>> {
    return this.translated(topic, async () => {
      const byBroker = Map.groupBy(await this.pool.known(topic), ({ broker }) => broker);
      const answers = await Promise.all(
        [...byBroker].map(([id, led]) => {
          const partitions = led.map(({ partition }) => ({
            partitionIndex: partition,
            currentLeaderEpoch: ANY_EPOCH,
            timestamp,
          }));
          const broker = this.pool.brokerOf(id, topic);
          return broker.call(listOffsetsV7.api, CONSUMER, FetchIsolationLevels.READ_UNCOMMITTED, [
            { name: topic, partitions },
          ]);
        }),
      );
      const found = answers.flatMap(({ topics }) => topics.flatMap(({ partitions }) => partitions));
      return new Map(found.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
    });
  }

  private unappended(topic: string, broker: BrokerConnection, error: unknown): AppendOutcome {
    const [reason] = reasonsIn(error);
    if (reason === undefined) {
      this.pool.forget(topic);
      throw error;
    }
    if (MAYBE_WRITTEN.includes(reason)) {
      throw new OutcomeUnknownError(`${broker.where} answered ${reason} for ${topic}.`, { cause: error });
    }
    if (NOT_THE_LEADER.includes(reason)) this.pool.forget(topic);
    return { outcome: 'refused', reason };
  }

  /** For calls that change nothing: no answer is as good as not reached. */
  private async translated<T>(topic: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const [reason] = reasonsIn(error);
      if (reason === undefined || NOT_THE_LEADER.includes(reason)) this.pool.forget(topic);
      if (error instanceof OutcomeUnknownError) throw new UnavailableError(error.message, { cause: error.cause });
      throw refusedBy(describeAccess(this.pool.access), `topic ${topic}`, error) ?? error;
    }
  }
}

type Batch = NonNullable<
  Awaited<ReturnType<typeof fetchV12.api.async>>['responses'][number]['partitions'][number]['records']
>[number];

const CONTROL = 0x20;

/** A batch starts at or before the offset asked for; transaction markers are no records. */
const recordsOf = (batch: Batch, partition: number, from: bigint): readonly StoredRecord[] =>
  (batch.attributes & CONTROL) === CONTROL
    ? []
    : batch.records
        .map(({ key, value, headers, offsetDelta, timestampDelta }) => ({
          partition,
          offset: batch.firstOffset + BigInt(offsetDelta),
          timestamp: batch.firstTimestamp + timestampDelta,
          value,
          ...(key && { key }),
          headers: Object.fromEntries(headers.map(([name, content]) => [String(name), content?.toString() ?? ''])),
        }))
        .filter(({ offset }) => offset >= from);

const headerBytes = (headers: Readonly<Record<string, string>>): Map<Buffer, Buffer> =>
  new Map(Object.entries(headers).map(([name, content]) => [Buffer.from(name), Buffer.from(content)]));
