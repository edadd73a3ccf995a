import { ConsumerGroups } from './consumer-groups.js';
import type { InMemoryKafka } from './in-memory.kafka.js';

export class InMemoryConsumerGroups extends ConsumerGroups {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async committedOffsets(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    await this.kafka.reach(this.principal);
    return this.kafka.committed.get(`${group}/${topic}`) ?? new Map<number, bigint>();
  }
}
