import { messageOf } from '#libs/domain';
import { KafkaRefusedError, type TopicLog } from '#libs/kafka';
import type { Random } from '#libs/runtime';

/** How long a broker may take to show a record it has acknowledged. */
const READ_WAIT_MS = 200;

/**
 * - `accepted`: acknowledged on every partition and read back;
 * - `refused`: on every partition, for the reason that a fenced client is told;
 * - `unanswered`: nobody was reached, or a partition gave no clear answer;
 * - `mixed`: anything else, e.g. accepted on one broker and refused on another.
 */
export interface WriteAttempt {
  readonly result: 'accepted' | 'refused' | 'unanswered' | 'mixed';
  /** Kafka's answers in its own words. */
  readonly answers: readonly string[];
}

const ACCEPTED = 'accepted and read back';
/** Kafka's name for what ACLs refuse. */
export const NOT_AUTHORIZED = 'TOPIC_AUTHORIZATION_FAILED';

/** Writes where clients write, as ourselves, and says what a client would be told. */
export class WriteProbe {
  constructor(
    private readonly log: TopicLog,
    private readonly random: Random,
  ) {}

  /** `refusal`: Kafka's name for what the fence refuses. */
  async attempt(topic: string, refusal: string): Promise<WriteAttempt> {
    try {
      const partitions = await this.log.partitions(topic);
      const answers = await Promise.all(partitions.map((partition) => this.append(topic, partition)));
      return { result: resultOf(answers, refusal), answers: [...new Set(answers)] };
    } catch (error) {
      if (error instanceof KafkaRefusedError)
        return { result: resultOf([error.reason], refusal), answers: [error.reason] };
      return { result: 'unanswered', answers: [messageOf(error)] };
    }
  }

  private async append(topic: string, partition: number): Promise<string> {
    const value = Buffer.from(this.random.id());
    const outcome = await this.log.append(topic, partition, [{ value }]);
    if (outcome.outcome === 'refused') return outcome.reason;
    const [found] = await this.log.read(topic, partition, outcome.offset, { waitMs: READ_WAIT_MS });
    return found?.value?.equals(value) ? ACCEPTED : `accepted at offset ${outcome.offset} and not found there`;
  }
}

const resultOf = (answers: readonly string[], refusal: string): WriteAttempt['result'] => {
  if (answers.length === 0) return 'mixed';
  if (answers.every((answer) => answer === ACCEPTED)) return 'accepted';
  return answers.every((answer) => answer === refusal) ? 'refused' : 'mixed';
};
