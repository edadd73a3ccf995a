import { OutcomeUnknownError } from '#libs/domain';
import type { InMemoryKafka } from '../in-memory.kafka.js';
import {
  TransactionalWriter,
  type CommitOutcome,
  type PartitionAppend,
  type TopicDraft,
  type WriterSession,
} from './transactional-writer.js';

/** What becomes of the next commit: it is not answered, and was done or not. */
export type LostAnswer = 'committed' | 'not-committed';

export class InMemoryTransactionalWriter extends TransactionalWriter {
  /** Answers that get lost, in their order. */
  readonly lost: LostAnswer[] = [];
  private readonly owners = new Map<string, symbol>();

  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async takeOver(name: string): Promise<WriterSession> {
    await this.kafka.reach(this.principal);
    const owner = Symbol(name);
    this.owners.set(name, owner);
    return { commit: (appends) => this.commit(appends, () => this.owners.get(name) === owner) };
  }

  override async ensureTopic({ topic, partitions }: TopicDraft): Promise<void> {
    await this.kafka.reach(this.principal);
    if (!this.kafka.topicNames.includes(topic)) this.kafka.createTopic(topic, partitions);
  }

  private async commit(appends: readonly PartitionAppend[], isOurs: () => boolean): Promise<CommitOutcome> {
    await this.kafka.reach(this.principal, true);
    if (!isOurs()) return 'fenced';
    for (const { topic } of appends) this.kafka.demand(this.principal, 'write', topic);
    const logs = appends.map(({ topic, partition }) => this.kafka.partition(topic, partition));
    const lost = this.lost.shift();
    if (lost !== 'not-committed') appends.forEach((append, index) => appendTo(logs[index] ?? [], append));
    if (lost) throw new OutcomeUnknownError('The answer was lost.');
    return 'committed';
  }
}

function appendTo(log: ReturnType<InMemoryKafka['partition']>, { partition, records }: PartitionAppend): void {
  for (const { key, value, headers, timestamp } of records) {
    log.push({
      partition,
      offset: BigInt(log.length),
      timestamp: BigInt(timestamp),
      value,
      ...(key && { key }),
      headers: Object.fromEntries(headers.map(([name, own]) => [name.toString(), own?.toString() ?? ''])),
    });
  }
}
