/** What a group has committed for one partition. */
export interface GroupCommit {
  readonly topic: string;
  readonly partition: number;
  /** The next one that the group reads. */
  readonly offset: number;
  /** What whoever committed it left beside it; empty for most. */
  readonly metadata: string;
}

/**
 * - `committed`: all of it, and the group will go on from there;
 * - `occupied`: the group has members, whose place nobody else sets; nothing was changed.
 */
export type CommitOfGroup = 'committed' | 'occupied';

/**
 * Port: the groups that consume from one cluster, those of the classic protocol and of the new one (KIP-848) alike.
 *
 * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError; commit: OutcomeUnknownError.
 */
export abstract class ConsumerGroups {
  /** Those the principal may describe; whoever may describe none is told that there are none. */
  abstract list(): Promise<readonly string[]>;

  /** By group; one that has committed nothing, or is not there, has an empty list. */
  abstract commits(groups: readonly string[]): Promise<ReadonlyMap<string, readonly GroupCommit[]>>;

  /** Which of them have members. The description of either protocol alone shows the groups of the other one as empty. */
  abstract occupied(groups: readonly string[]): Promise<ReadonlySet<string>>;

  /** Sets where a group goes on without joining it; partitions that are not named stay as they are. */
  abstract commit(group: string, commits: readonly GroupCommit[]): Promise<CommitOfGroup>;
}
