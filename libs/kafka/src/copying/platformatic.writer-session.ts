import { addPartitionsToTxnV3, endTxnV3, produceV9 } from '@platformatic/kafka';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { BrokerConnection } from '../broker-connection.js';
import type { BrokerPool } from '../broker-pool.js';
import { KafkaRefusedError } from '../errors.js';
import { inBatches } from './batch-span.js';
import type { CommitOutcome, PartitionAppend, WriterSession } from './transactional-writer.js';

/** Who writes, by the coordinator's count of those who have taken the name over. */
export interface Producer {
  readonly name: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly coordinator: BrokerConnection;
}

const ACKS_ALL = -1;
const FENCED = ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_ID_MAPPING'];
const AGAIN_MS = 5;
/** How long the markers of the transaction before may take. */
const MARKERS_WITHIN_MS = 10_000;

export class PlatformaticWriterSession implements WriterSession {
  /** Records that a partition has of this producer: its broker refuses a gap or a repetition. */
  private readonly sequences = new Map<string, number>();

  constructor(
    private readonly pool: BrokerPool,
    private readonly clock: Clock,
    private readonly producer: Producer,
  ) {}

  async commit(appends: readonly PartitionAppend[]): Promise<CommitOutcome> {
    const filled = appends.filter(({ records }) => records.length > 0);
    if (filled.length === 0) return 'committed';
    try {
      await this.told(() => this.begin(filled));
      await this.told(() => this.send(filled));
    } catch (error) {
      for (const { topic } of filled) this.pool.forget(topic);
      return this.takenBack(error);
    }
    try {
      await this.told(() => this.end(true));
      await this.seen();
      return 'committed';
    } catch (error) {
      if (isFenced(error)) return 'fenced';
      const why = error instanceof Error ? error.message : String(error);
      throw new OutcomeUnknownError(`Whether ${this.producer.name} has committed is not known: ${why}`, {
        cause: error,
      });
    }
  }

  /** The markers of the transaction before may still be on their way to its partitions. */
  private async begin(appends: readonly PartitionAppend[]): Promise<void> {
    const { name: transactionalId, producerId, producerEpoch, coordinator } = this.producer;
    const topics = [...Map.groupBy(appends, ({ topic }) => topic)].map(([name, own]) => ({
      name,
      partitions: own.map(({ partition }) => partition),
    }));
    const transaction = { transactionalId, producerId, producerEpoch, verifyOnly: false, topics };
    await this.onceMarked(() => this.told(() => coordinator.call(addPartitionsToTxnV3.api, [transaction])));
  }

  /** Asks again for as long as the coordinator still marks the transaction before. */
  private async onceMarked(ask: () => Promise<unknown>): Promise<void> {
    const sinceMs = this.clock.monotonicMs();
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        const isOver = this.clock.monotonicMs() - sinceMs > MARKERS_WITHIN_MS;
        if (isOver || !isRefusedFor(error, ['CONCURRENT_TRANSACTIONS'])) throw error;
      }
      await this.clock.sleep(AGAIN_MS);
    }
  }

  /**
   * A coordinator answers a commit as soon as it is decided, and readers of committed records see it when its markers are
   * written. The same commit once more is answered when they are. Whatever comes of that, it is committed.
   */
  private async seen(): Promise<void> {
    await this.onceMarked(() => this.told(() => this.end(true))).catch(() => undefined);
  }

  /** A request holds one batch for each partition: what takes more of them is sent in turns. */
  private async send(appends: readonly PartitionAppend[]): Promise<void> {
    const batches = appends.map((append) => inBatches(append.records).map((records) => ({ ...append, records })));
    const turns = Math.max(...batches.map(({ length }) => length));
    for (let turn = 0; turn < turns; turn++) await this.sendTurn(batches.flatMap((own) => own[turn] ?? []));
  }

  /** One request for each broker. */
  private async sendTurn(appends: readonly PartitionAppend[]): Promise<void> {
    const led = await Promise.all(
      appends.map(async (append) => ({ append, leader: await this.pool.leaderOf(append.topic, append.partition) })),
    );
    const byLeader = Map.groupBy(led, ({ leader }) => leader);
    await Promise.all(
      [...byLeader].map(([leader, own]) =>
        this.produce(
          leader,
          own.map(({ append }) => append),
        ),
      ),
    );
  }

  private async produce(leader: BrokerConnection, appends: readonly PartitionAppend[]): Promise<void> {
    const { name: transactionalId, producerId, producerEpoch } = this.producer;
    const messages = appends.flatMap(({ topic, partition, records }) =>
      records.map(({ key, value, headers, timestamp }) => ({
        topic,
        partition,
        key: key ?? undefined,
        value: value ?? undefined,
        timestamp: BigInt(timestamp),
        headers: new Map(headers),
      })),
    );
    const sequences = { getWithDefault: (where: string, none: number) => this.sequences.get(where) ?? none };
    const options = { transactionalId, producerId, producerEpoch, sequences };
    await leader.call(produceV9.api, ACKS_ALL, this.pool.access.timeoutMs, messages as never, options as never);
    for (const { topic, partition, records } of appends) {
      const where = `${topic}:${partition}`;
      this.sequences.set(where, (this.sequences.get(where) ?? 0) + records.length);
    }
  }

  private async end(isCommitted: boolean): Promise<void> {
    const { name, producerId, producerEpoch, coordinator } = this.producer;
    await coordinator.call(endTxnV3.api, name, producerId, producerEpoch, isCommitted);
  }

  /** What cannot be taken back now is when the name is taken over, or by the broker in time. */
  private async takenBack(error: unknown): Promise<CommitOutcome> {
    if (isFenced(error)) return 'fenced';
    await this.end(false).catch(() => undefined);
    if (!(error instanceof OutcomeUnknownError)) throw error;
    throw new UnavailableError(`${error.message} Nothing of it was committed.`, { cause: error });
  }

  private told<T>(call: () => Promise<T>): Promise<T> {
    return this.pool.tell(`transactions of ${this.producer.name}`, call);
  }
}

const isRefusedFor = (error: unknown, reasons: readonly string[]): boolean =>
  error instanceof KafkaRefusedError && reasons.includes(error.reason);

const isFenced = (error: unknown): boolean => isRefusedFor(error, FENCED);
