import { metadataV12 } from '@platformatic/kafka';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { BrokerConnection } from './broker-connection.js';
import { describeAccess, type BrokerAddress, type ClusterAccess } from './cluster-access.js';
import { KafkaAuthenticationError } from './errors.js';
import { answerIn, refusedBy } from './platformatic.errors.js';

type Metadata = Awaited<ReturnType<typeof metadataV12.api.async>>;
type TopicMetadata = Metadata['topics'][number] & { readonly name: string };

interface Leadership {
  readonly broker: number;
  readonly partition: number;
}

/** The brokers of one cluster and who leads which partition, as the last answer had it. One socket per broker. */
export class BrokerPool {
  private readonly connections = new Map<string, BrokerConnection>();
  private readonly brokers = new Map<number, BrokerAddress>();
  private readonly leaders = new Map<string, readonly Leadership[]>();
  private clusterId?: string;
  private answeredLast?: BrokerAddress;

  constructor(readonly access: ClusterAccess) {}

  get kafkaClusterId(): string | undefined {
    return this.clusterId;
  }

  /** Asks for the topic's partitions and leaders. @throws UnavailableError, KafkaAuthenticationError, ResponseError */
  async refresh(topic: string): Promise<readonly Leadership[]> {
    const answer = await this.anyone((broker) => metadataOf(broker, [topic]));
    for (const { nodeId, host, port } of answer.brokers) this.brokers.set(nodeId, { host, port });
    this.clusterId = answer.clusterId ?? undefined;
    const partitions = answer.topics[0]?.partitions ?? [];
    const leaders = partitions
      .map(({ partitionIndex, leaderId }) => ({ partition: partitionIndex, broker: leaderId }))
      .toSorted((a, b) => a.partition - b.partition);
    this.leaders.set(topic, leaders);
    return leaders;
  }

  /** Every topic the principal may describe, Kafka's internal ones excepted. */
  async topics(): Promise<readonly TopicMetadata[]> {
    const answer = await this.anyone((broker) => metadataOf(broker, null));
    return answer.topics.filter((topic): topic is TopicMetadata => topic.name !== null && !topic.isInternal);
  }

  /** Topics by name, without those that are not there or not ours to describe; learns where the brokers are. */
  async describe(topics: readonly string[]): Promise<readonly TopicMetadata[]> {
    const answer = await this.anyone((broker) => metadataOf(broker, [...topics], true));
    for (const { nodeId, host, port } of answer.brokers) this.brokers.set(nodeId, { host, port });
    this.clusterId = answer.clusterId ?? undefined;
    return answer.topics.filter((topic): topic is TopicMetadata => topic.name !== null && topic.partitions.length > 0);
  }

  /** Those that one of them names now. */
  async everyBroker(): Promise<readonly BrokerConnection[]> {
    const { brokers } = await this.anyone((broker) => metadataOf(broker, []));
    return brokers.map(({ host, port }) => this.at({ host, port }));
  }

  /** The topic's partitions, from the last answer if there is one. */
  async known(topic: string): Promise<readonly Leadership[]> {
    return this.leaders.get(topic) ?? (await this.refresh(topic));
  }

  /** After a broker said it does not lead what we asked for, or did not answer: the next caller asks anew. */
  forget(topic: string): void {
    this.leaders.delete(topic);
  }

  async leaderOf(topic: string, partition: number): Promise<BrokerConnection> {
    const leadership = (await this.known(topic)).find((one) => one.partition === partition);
    return this.brokerOf(leadership?.broker, `${topic}-${partition}`);
  }

  brokerOf(id: number | undefined, what: string): BrokerConnection {
    const address = id === undefined ? undefined : this.brokers.get(id);
    if (!address) throw new UnavailableError(`${what} has no leader in ${describeAccess(this.access)}.`);
    return this.at(address);
  }

  at(address: BrokerAddress): BrokerConnection {
    const name = nameOf(address);
    const connection = this.connections.get(name) ?? new BrokerConnection(this.access, address);
    this.connections.set(name, connection);
    return connection;
  }

  /** Asks the broker that answered last, then the others, until one answers. */
  async anyone<T>(ask: (broker: BrokerConnection) => Promise<T>): Promise<T> {
    const failures: unknown[] = [];
    for (const address of this.addresses()) {
      try {
        const answer = await ask(this.at(address));
        this.answeredLast = address;
        return answer;
      } catch (error) {
        if (error instanceof KafkaAuthenticationError || answerIn(error) !== undefined) throw error;
        failures.push(error);
      }
    }
    throw failures.find((error) => error instanceof OutcomeUnknownError) ?? failures[0];
  }

  /** For calls that change nothing: no answer is as good as not reached. @throws UnavailableError, KafkaRefusedError, … */
  async ask<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.tell(what, call);
    } catch (error) {
      if (error instanceof OutcomeUnknownError) throw new UnavailableError(error.message, { cause: error.cause });
      throw error;
    }
  }

  /** For calls that change something. @throws OutcomeUnknownError when it was sent and no answer came; else as `ask`. */
  async tell<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw refusedBy(describeAccess(this.access), what, error) ?? error;
    }
  }

  /** When the first of the certificates of the brokers we are connected to ends. */
  certificateEnd(): Date | undefined {
    const ends = [...this.connections.values()].flatMap((one) => one.certificateEnd() ?? []);
    return ends.toSorted((a, b) => a.getTime() - b.getTime())[0];
  }

  async close(): Promise<void> {
    await Promise.all([...this.connections.values()].map((connection) => connection.close()));
  }

  private addresses(): readonly BrokerAddress[] {
    const first = this.answeredLast ? [this.answeredLast] : [];
    const all = [...first, ...this.access.bootstrap, ...this.brokers.values()];
    return [...new Map(all.map((address) => [nameOf(address), address])).values()];
  }
}

const nameOf = ({ host, port }: BrokerAddress): string => `${host}:${port}`;

/** One partition without a leader is no reason to know nothing of the others; nor is one topic, where some may be missing. */
const metadataOf = async (
  broker: BrokerConnection,
  topicsOrAll: string[] | null,
  someMayBeMissing = false,
): Promise<Metadata> => {
  try {
    return await broker.call(metadataV12.api, topicsOrAll, false, false);
  } catch (error) {
    const answer = answerIn(error) as Metadata | undefined;
    if (answer?.topics.every(({ errorCode }) => errorCode === 0 || someMayBeMissing)) return answer;
    throw error;
  }
};
