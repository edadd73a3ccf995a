import { ConsumerGroups, type CommitOfGroup, type GroupCommit } from './consumer-groups.js';
import type { InMemoryKafka } from './in-memory.kafka.js';

export class InMemoryConsumerGroups extends ConsumerGroups {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async list(): Promise<readonly string[]> {
    await this.kafka.reach(this.principal);
    return [...new Set([...this.kafka.committed.keys(), ...this.kafka.occupied])];
  }

  override async commits(groups: readonly string[]): Promise<ReadonlyMap<string, readonly GroupCommit[]>> {
    await this.kafka.reach(this.principal);
    return new Map(groups.map((group) => [group, this.kafka.committed.get(group) ?? []]));
  }

  override async occupied(groups: readonly string[]): Promise<ReadonlySet<string>> {
    await this.kafka.reach(this.principal);
    return new Set(groups.filter((group) => this.kafka.occupied.has(group)));
  }

  override async commit(group: string, commits: readonly GroupCommit[]): Promise<CommitOfGroup> {
    await this.kafka.reach(this.principal, true);
    if (this.kafka.occupied.has(group)) return 'occupied';
    const before = this.kafka.committed.get(group) ?? [];
    const isAnew = (old: GroupCommit) =>
      commits.some(({ topic, partition }) => topic === old.topic && partition === old.partition);
    this.kafka.committed.set(group, [...before.filter((old) => !isAnew(old)), ...commits]);
    return 'committed';
  }
}
