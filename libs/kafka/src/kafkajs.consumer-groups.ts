import type { ClusterAccess } from './cluster-access.js';
import { ConsumerGroups } from './consumer-groups.js';
import { AdminSession } from './kafkajs.client.js';

export class KafkajsConsumerGroups extends ConsumerGroups {
  private readonly session: AdminSession;

  constructor(access: ClusterAccess) {
    super();
    this.session = new AdminSession(access);
  }

  override async committedOffsets(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    const topics = await this.session.call(false, (admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const committed = topics
      .flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, BigInt(offset)] as const))
      .filter(([, offset]) => offset >= 0n);
    return new Map(committed);
  }

  override close(): Promise<void> {
    return this.session.close();
  }
}
