import { createTopicsV7, findCoordinatorV4, initProducerIdV4 } from '@platformatic/kafka';
import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { BrokerConnection } from '../broker-connection.js';
import type { BrokerPool } from '../broker-pool.js';
import { KafkaRefusedError } from '../errors.js';
import { reasonsIn } from '../platformatic.errors.js';
import { PlatformaticWriterSession } from './platformatic.writer-session.js';
import { TransactionalWriter, type TopicDraft, type WriterSession } from './transactional-writer.js';

const TRANSACTION = 1;
/** What is left open for longer is taken back by the broker: readers of committed records wait for it. */
const TRANSACTION_TIMEOUT_MS = 30_000;
const AGAIN_MS = 50;
const BROKERS_DEFAULT = -1;

/** Single requests as everything here (docs/adr/0004); Kafka 3.3 to 4.x serve all of these versions. */
export class PlatformaticTransactionalWriter extends TransactionalWriter {
  constructor(
    private readonly pool: BrokerPool,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async takeOver(name: string, signal: AbortSignal): Promise<WriterSession> {
    for (;;) {
      try {
        return await this.pool.ask(`transactions of ${name}`, () => this.tryToTakeOver(name));
      } catch (error) {
        if (!isSettlingIn(error)) throw error;
        if (signal.aborted) throw new UnavailableError(`The transaction before on ${name} has not ended yet.`);
      }
      await this.clock.sleep(AGAIN_MS, signal);
    }
  }

  override ensureTopic({ topic, partitions, settings }: TopicDraft): Promise<void> {
    const wanted = {
      name: topic,
      numPartitions: partitions,
      replicationFactor: BROKERS_DEFAULT,
      assignments: [],
      configs: Object.entries(settings).map(([name, value]) => ({ name, value })),
    };
    return this.pool.ask(`topic ${topic}`, async () => {
      if ((await this.pool.describe([topic])).length > 0) return;
      try {
        await this.pool.anyone((broker) =>
          broker.call(createTopicsV7.api, [wanted], this.pool.access.timeoutMs, false),
        );
      } catch (error) {
        if (!reasonsIn(error).includes('TOPIC_ALREADY_EXISTS')) throw error;
      }
      if ((await this.pool.describe([topic])).length === 0)
        throw new UnavailableError(`Topic ${topic} was created and is not to be seen yet: try again.`);
    });
  }

  /** Initialising twice only fences ourselves once more: what got no answer is asked again by whoever called. */
  private async tryToTakeOver(name: string): Promise<WriterSession> {
    const coordinator = await this.coordinatorOf(name);
    const { producerId, producerEpoch } = await coordinator.call(
      initProducerIdV4.api,
      name,
      TRANSACTION_TIMEOUT_MS,
      -1n,
      -1,
    );
    const producer = { name, producerId, producerEpoch, coordinator };
    return new PlatformaticWriterSession(this.pool, this.clock, producer);
  }

  private async coordinatorOf(name: string): Promise<BrokerConnection> {
    const found = await this.pool.anyone((broker) => broker.call(findCoordinatorV4.api, TRANSACTION, [name]));
    const [coordinator] = found.coordinators;
    if (!coordinator) throw new UnavailableError(`Transactions of ${name} have no coordinator.`);
    return this.pool.at(coordinator);
  }
}

/** The transaction of before is still being ended, or the coordinator is not there yet. */
const isSettlingIn = (error: unknown): boolean =>
  error instanceof KafkaRefusedError
    ? error.reason === 'CONCURRENT_TRANSACTIONS'
    : error instanceof UnavailableError && reasonsIn(error.cause).length > 0;
