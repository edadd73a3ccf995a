/** Port: how far consumer groups have come. @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError */
export abstract class ConsumerGroups {
  /** The next offset the group will read, by partition; partitions without a commit are absent. */
  abstract committedOffsets(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
}
