import { fetchV12, listOffsetsV7, produceV9, FetchIsolationLevels, ListOffsetTimestamps } from '@platformatic/kafka';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { BrokerConnection } from './broker-connection.js';
import type { BrokerPool } from './broker-pool.js';
import { KafkaRefusedError } from './errors.js';
import { reasonsIn } from './platformatic.errors.js';
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

  override async topics(): Promise<readonly string[]> {
    return this.pool.ask('its topics', async () => (await this.pool.topics()).map(({ name }) => name));
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

  override async readAll(
    topic: string,
    from: ReadonlyMap<number, bigint>,
    { waitMs, maxBytes = READ_MAX_BYTES }: ReadOptions,
  ): Promise<readonly StoredRecord[]> {
    const { READ_UNCOMMITTED } = FetchIsolationLevels;
    return this.translated(topic, async () => {
      const led = (await this.pool.known(topic)).filter(({ partition }) => from.has(partition));
      if (led.length < from.size) throw new UnavailableError(`Not all partitions of ${topic} are known.`);
      const answers = await Promise.all(
        [...Map.groupBy(led, ({ broker }) => broker)].map(([id, mine]) => {
          const partitions = mine.map(({ partition }) => ({
            partition,
            currentLeaderEpoch: ANY_EPOCH,
            fetchOffset: from.get(partition) ?? 0n,
            lastFetchedEpoch: -1,
            partitionMaxBytes: maxBytes,
          }));
          // Versions up to 12 carry the topic's name where later ones have its id.
          const wanted = [{ topicId: topic, partitions }];
          const broker = this.pool.brokerOf(id, topic);
          return broker.call(fetchV12.api, waitMs, 1, maxBytes, READ_UNCOMMITTED, NO_SESSION, -1, wanted, [], '');
        }),
      );
      const found = answers.flatMap(({ responses }) => responses.flatMap(({ partitions }) => partitions));
      return found.flatMap(({ partitionIndex, records }) =>
        (records ?? []).flatMap((batch) => recordsOf(batch, partitionIndex, from.get(partitionIndex) ?? 0n)),
      );
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

  /** Whatever went wrong may be a change of leaders: the next call asks for them anew. */
  private async translated<T>(topic: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.pool.ask(`topic ${topic}`, call);
    } catch (error) {
      this.pool.forget(topic);
      throw error;
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
