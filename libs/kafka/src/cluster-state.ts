/** Partitions of all topics the principal may describe. */
export interface PartitionHealth {
  readonly partitions: number;
  /** Without a leader. */
  readonly offline: number;
  /** With fewer in-sync replicas than the topic's min.insync.replicas: they refuse acks=all. */
  readonly underMinIsr: number;
}

/**
 * Port: how a cluster is doing, apart from its data. Blind where it matters most: without a quorum the answers about
 * partitions are those of before, so they never outvote a write.
 *
 * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError
 */
export abstract class ClusterState {
  /** Node id of the KRaft leader. The `controller` in metadata is only some live broker. @throws also when there is none */
  abstract quorumLeader(): Promise<number>;
  abstract partitionHealth(): Promise<PartitionHealth>;
  /** When the first of the brokers' certificates ends; `undefined` without TLS or before the first connection. */
  abstract certificateEnd(): Date | undefined;
}
