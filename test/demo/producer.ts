import { messageOf } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { Producer } from 'kafkajs';
import { kafkaAt, type Login } from './kafka-login.js';
import { recordId, type KafkaSite, type Ledger, type RecordId } from './ledger.js';

const ACKS_ALL = -1;
const BATCH_RECORDS = 4;
const BATCH_EVERY_MS = 20;
const PARTITIONS = 3;

export interface ProducerOptions {
  readonly name: string;
  readonly topic: string;
  readonly login: Login;
  readonly clock: Clock;
  /** What it saw goes here. */
  readonly ledger: Pick<Ledger, 'acknowledge' | 'fail'>;
}

/** Sends numbered records with acks=all, each exactly once: what was not acknowledged is not sent again. */
export class SequenceProducer {
  private sequence = 0;
  private batch = 0;

  constructor(private readonly options: ProducerOptions) {}

  /** Sends to one broker until `leave` aborts; throws at the first batch that is not acknowledged. */
  async produceAt(address: string, site: KafkaSite, leave: AbortSignal): Promise<void> {
    const { login, clock } = this.options;
    const producer = kafkaAt(address, login).producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    try {
      await producer.connect();
      while (!leave.aborted) {
        await this.send(producer, site);
        await clock.sleep(BATCH_EVERY_MS, leave);
      }
    } finally {
      // A dead broker never says goodbye; nobody waits for it.
      void producer.disconnect().catch(() => undefined);
    }
  }

  /** One partition per batch, so that a batch is acknowledged as a whole or not at all. */
  private async send(producer: Producer, site: KafkaSite): Promise<void> {
    const { topic, clock, ledger } = this.options;
    const ids = this.nextIds();
    const sentAt = clock.now();
    const partition = this.batch++ % PARTITIONS;
    try {
      const messages = ids.map((id) => ({ key: id, value: JSON.stringify({ id, sentAt }), partition }));
      await producer.send({ topic, acks: ACKS_ALL, messages });
      for (const id of ids) ledger.acknowledge({ id, site, sentAt, ackedAt: clock.now() });
    } catch (error) {
      for (const id of ids) ledger.fail({ id, site, sentAt, failedAt: clock.now(), reason: messageOf(error) });
      throw error;
    }
  }

  private nextIds(): RecordId[] {
    return Array.from({ length: BATCH_RECORDS }, () => recordId(this.options.name, ++this.sequence));
  }
}
