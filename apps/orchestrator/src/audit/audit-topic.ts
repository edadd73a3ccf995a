import { messageOf, OutcomeUnknownError, SignalboxError, UnavailableError } from '#libs/domain';
import { KafkaRefusedError, type TopicLog } from '#libs/kafka';

export const AUDIT_TOPIC = 'signalbox.audit';

/** Below what brokers take by default, which is 1 MB. */
const REQUEST_MAX_BYTES = 512 * 1024;

/** The audit's topic of one cluster. */
export class AuditTopic {
  constructor(private readonly log: TopicLog) {}

  /**
   * In order, all under one key, so that a chain stays in one partition. Whatever the client comes up with is the
   * topic's trouble and not the process's. @throws SignalboxError
   */
  async append(key: string, lines: readonly string[]): Promise<void> {
    try {
      await this.appendAll(key, lines);
    } catch (error) {
      if (error instanceof SignalboxError) throw error;
      throw new OutcomeUnknownError(`Writing to ${AUDIT_TOPIC} failed: ${messageOf(error)}`, { cause: error });
    }
  }

  private async appendAll(key: string, lines: readonly string[]): Promise<void> {
    const partitions = await this.log.partitions(AUDIT_TOPIC);
    const partition = partitions[spread(key) % partitions.length];
    if (partition === undefined) throw new UnavailableError(`${AUDIT_TOPIC} has no partitions.`);
    for (const batch of batches(lines)) {
      const records = batch.map((line) => ({ key: Buffer.from(key), value: Buffer.from(line.trimEnd()) }));
      const appended = await this.log.append(AUDIT_TOPIC, partition, records);
      if (appended.outcome === 'refused') {
        throw new KafkaRefusedError(`Writing to ${AUDIT_TOPIC} was refused: ${appended.reason}.`, appended.reason);
      }
    }
  }
}

function batches(lines: readonly string[]): readonly (readonly string[])[] {
  const batched: string[][] = [];
  let room = 0;
  for (const line of lines) {
    const bytes = Buffer.byteLength(line);
    if (room < bytes || batched.length === 0) {
      batched.push([]);
      room = REQUEST_MAX_BYTES;
    }
    batched.at(-1)?.push(line);
    room -= bytes;
  }
  return batched;
}

const spread = (key: string): number => Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0);
