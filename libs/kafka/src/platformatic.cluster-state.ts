import { ConfigResourceTypes, describeConfigsV4, describeQuorumV1 } from '@platformatic/kafka';
import { UnavailableError } from '#libs/domain';
import type { BrokerConnection } from './broker-connection.js';
import type { BrokerPool } from './broker-pool.js';
import { ClusterState, type PartitionHealth } from './cluster-state.js';
import { answerIn } from './platformatic.errors.js';

const METADATA_LOG = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }];
const MIN_ISR = 'min.insync.replicas';

export class PlatformaticClusterState extends ClusterState {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  override quorumLeader(): Promise<number> {
    return this.pool.ask('the quorum', async () => {
      const answer = await this.pool.anyone((broker) => broker.call(describeQuorumV1.api, METADATA_LOG));
      const leader = answer.topics[0]?.partitions[0]?.leaderId ?? -1;
      if (leader < 0) throw new UnavailableError(`The quorum of cluster ${this.pool.access.cluster} has no leader.`);
      return leader;
    });
  }

  override partitionHealth(): Promise<PartitionHealth> {
    return this.pool.ask('its topics', async () => {
      const topics = await this.pool.topics();
      const minIsr = await this.minIsrOf(topics.map(({ name }) => name));
      const all = topics.flatMap(({ name, partitions }) =>
        partitions.map(({ leaderId, isrNodes }) => ({ leaderId, short: isrNodes.length < (minIsr.get(name) ?? 1) })),
      );
      return {
        partitions: all.length,
        offline: all.filter(({ leaderId }) => leaderId < 0).length,
        underMinIsr: all.filter(({ short }) => short).length,
      };
    });
  }

  override certificateEnd(): Date | undefined {
    return this.pool.certificateEnd();
  }

  private async minIsrOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (topics.length === 0) return new Map();
    const wanted = topics.map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys: [MIN_ISR],
    }));
    const answer = await this.pool.anyone((broker) => configsOf(broker, wanted));
    return new Map(answer.results.map(({ resourceName, configs }) => [resourceName, Number(configs[0]?.value ?? 1)]));
  }
}

type Configs = Awaited<ReturnType<typeof describeConfigsV4.api.async>>;

/** Topics whose settings we may not read count as having none. */
const configsOf = async (
  broker: BrokerConnection,
  wanted: Parameters<typeof describeConfigsV4.createRequest>[0],
): Promise<Configs> => {
  try {
    return await broker.call(describeConfigsV4.api, wanted, false, false);
  } catch (error) {
    const answer = answerIn(error) as Configs | undefined;
    if (answer) return answer;
    throw error;
  }
};
