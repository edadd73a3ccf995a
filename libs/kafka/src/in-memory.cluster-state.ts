import { ClusterState, type PartitionHealth } from './cluster-state.js';
import type { InMemoryKafka } from './in-memory.kafka.js';
import { UnavailableError } from '#libs/domain';

export class InMemoryClusterState extends ClusterState {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async quorumLeader(): Promise<number> {
    await this.kafka.reach(this.principal);
    if (this.kafka.condition === 'leaderless') {
      throw new UnavailableError(`The quorum of cluster ${this.kafka.cluster} has no leader.`);
    }
    return 1;
  }

  override async partitionHealth(): Promise<PartitionHealth> {
    await this.kafka.reach(this.principal);
    return this.kafka.partitionHealth;
  }

  override certificateEnd(): Date | undefined {
    return undefined;
  }
}
