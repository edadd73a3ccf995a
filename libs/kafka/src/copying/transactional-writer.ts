import type { WholeRecord } from './whole-record.js';

/** What is appended to one partition. */
export interface PartitionAppend {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly WholeRecord[];
}

/**
 * - `committed`: all of it is there;
 * - `fenced`: another writer has taken over the name; nothing of it is there, and nothing more of ours will be.
 */
export type CommitOutcome = 'committed' | 'fenced';

/** Writes under one name, until another one takes it over. Not to be used after anything but `committed`. */
export interface WriterSession {
  /**
   * All or nothing, acknowledged by all in-sync replicas, in the order given within a partition.
   * @throws OutcomeUnknownError when it may be there or not: take the name over again and read what is there.
   * @throws UnavailableError, KafkaRefusedError (a right or a topic is missing, a record is too large): nothing is there.
   */
  commit(appends: readonly PartitionAppend[]): Promise<CommitOutcome>;
}

/** How a topic is created where it is missing; anything not said is as the brokers have it. */
export interface TopicDraft {
  readonly topic: string;
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Port: transactions of one principal on one cluster. */
export abstract class TransactionalWriter {
  /**
   * Takes over `name`: whoever wrote under it is fenced by the broker, what they had left open is taken back, and what they
   * had asked to be committed is. When this returns, committed reads show all there will ever be of theirs.
   * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError
   */
  abstract takeOver(name: string, signal: AbortSignal): Promise<WriterSession>;

  /** Leaves a topic alone that is there, whatever it is like. @throws UnavailableError, KafkaRefusedError */
  abstract ensureTopic(draft: TopicDraft): Promise<void>;
}
