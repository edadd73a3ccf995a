import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { Consumer } from 'kafkajs';
import { kafkaAt, type Login } from './kafka-login.js';
import type { KafkaSite, Ledger } from './ledger.js';

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly login: Login;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'consume'>;
}

/** A consumer group of one member; at the other site it goes on from the offsets that were mirrored there. */
export class GroupConsumer {
  constructor(private readonly options: ConsumerOptions) {}

  /** Consumes from one cluster until `leave` aborts; throws when the client gave up. */
  async consumeAt(address: string, site: KafkaSite, leave: AbortSignal): Promise<void> {
    const { groupId, login } = this.options;
    const consumer = kafkaAt(address, login).consumer({
      groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: 3_000,
      heartbeatInterval: 500,
      maxWaitTimeInMs: 100,
      // Ours is the loop that asks the name again; a client that restarts itself would stay with the old site.
      retry: { retries: 0, restartOnFailure: () => Promise.resolve(false) },
    });
    try {
      const end = endOf(consumer, leave);
      await consumer.connect();
      await this.run(consumer, site);
      await end;
    } finally {
      void consumer.disconnect().catch(() => undefined);
    }
  }

  private async run(consumer: Consumer, site: KafkaSite): Promise<void> {
    const { topic, ledger, clock } = this.options;
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommitInterval: 200,
      eachMessage: ({ message }) => {
        ledger.consume({ id: String(message.key), site, consumedAt: clock.now() });
        return Promise.resolve();
      },
    });
  }
}

/** Resolves when told to leave, rejects when the client crashed; nobody has to be waiting yet. */
const endOf = (consumer: Consumer, leave: AbortSignal): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  leave.addEventListener('abort', () => resolve(), { once: true });
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    reject(new UnavailableError(payload.error.message, { cause: payload.error })),
  );
  promise.catch(() => undefined);
  return promise;
};
