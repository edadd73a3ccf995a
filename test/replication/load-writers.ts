import kafkajs, { type Kafka, type Message, type Producer, type TopicMessages } from 'kafkajs';
import { COMPACTED, PLAIN, TOPICS, TRANSACTIONAL } from './topics.js';

/** What a client knows of the records that it sent. */
export type Told = 'acked' | 'aborted' | 'failed';
export interface Sent {
  readonly topic: string;
  readonly key: string;
  readonly id: string;
  readonly at: number;
}
export type Tell = (told: Told, records: readonly Sent[]) => void;

export interface Login {
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

const TIMEOUT_MS = 1_500;
const ACKS_ALL = -1;
/** A broker ends what a dead client has left open after this. */
const TRANSACTION_TIMEOUT_MS = 4_000;
/** One in so many transactions is taken back. */
const ABORT_EVERY = 5;
const KEYS = 60;
const PLAIN_RECORDS = 60;
const STATE_RECORDS = 20;
const LEDGER_RECORDS = 60;

const clientOf = ({ address, username, password }: Login, retries = 0): Kafka =>
  new kafkajs.Kafka({
    clientId: 'load',
    brokers: [address],
    sasl: { mechanism: 'plain', username, password },
    connectionTimeout: TIMEOUT_MS,
    authenticationTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    retry: { retries, initialRetryTime: 20 },
    logLevel: kafkajs.logLevel.NOTHING,
  });

/** Writes records that are told apart by their ids, one after the other; throws at the first that is not acknowledged. */
export class LoadWriters {
  private sequence = 0;

  constructor(
    private readonly name: string,
    private readonly tell: Tell,
    private readonly now: () => number,
  ) {}

  /** Half of the records to each of two topics, without transactions. */
  async plain(login: Login, until: AbortSignal, pause: () => Promise<void>): Promise<void> {
    const producer = clientOf(login).producer({ allowAutoTopicCreation: false });
    await using(producer, async () => {
      while (!until.aborted) {
        const batch = [...this.batch(PLAIN, PLAIN_RECORDS, 'one'), ...this.batch(COMPACTED, STATE_RECORDS, 'again')];
        await this.told(batch, () => producer.sendBatch({ acks: ACKS_ALL, topicMessages: messagesOf(batch) }));
        await pause();
      }
    });
  }

  async transactions(login: Login, until: AbortSignal, pause: () => Promise<void>): Promise<void> {
    const producer = clientOf(login, 5).producer({
      allowAutoTopicCreation: false,
      transactionalId: `app-load-${this.name}`,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await using(producer, async () => {
      for (let count = 1; !until.aborted; count++) {
        const batch = this.batch(TRANSACTIONAL, LEDGER_RECORDS, 'one');
        const transaction = await producer.transaction();
        const isAborted = count % ABORT_EVERY === 0;
        const end = async () => {
          await transaction.sendBatch({ acks: ACKS_ALL, topicMessages: messagesOf(batch) });
          await (isAborted ? transaction.abort() : transaction.commit());
        };
        await this.told(batch, end, isAborted ? 'aborted' : 'acked');
        await pause();
      }
    });
  }

  private async told(batch: readonly Sent[], send: () => Promise<unknown>, outcome: Told = 'acked'): Promise<void> {
    try {
      await send();
      this.tell(outcome, batch);
    } catch (error) {
      this.tell('failed', batch);
      throw error;
    }
  }

  private batch(topic: string, count: number, keys: 'one' | 'again'): readonly Sent[] {
    const at = this.now();
    return Array.from({ length: count }, () => {
      const number = ++this.sequence;
      const id = `${this.name}-${number}`;
      return { topic, id, at, key: keys === 'one' ? id : `key-${number % KEYS}` };
    });
  }
}

async function using(producer: Producer, work: () => Promise<void>): Promise<void> {
  try {
    await producer.connect();
    await work();
  } finally {
    // A dead broker never says goodbye; nobody waits for it.
    void producer.disconnect().catch(() => undefined);
  }
}

/** A record's partition follows from its key alone, so that those of one key keep their order. */
const messagesOf = (batch: readonly Sent[]): TopicMessages[] =>
  [...Map.groupBy(batch, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    messages: own.map(({ key, id, at }): Message => {
      const partitions = TOPICS.find((each) => each.topic === topic)?.partitions ?? 1;
      return { key, value: id, timestamp: String(at), partition: Number(/\d+$/.exec(key)?.[0] ?? 0) % partitions };
    }),
  }));
