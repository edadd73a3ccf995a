import { invariant, type ClusterId } from '#libs/domain';
import { ApiServer, credentialsBy, type Environment, type Owner } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import type { Cluster, Topology, WriteFenceBy } from '#libs/topology';
import type { WriteAccessPorts } from '../fence/cluster.write-access.js';
import { KafkaUser } from './kafka-user.js';
import { KafkaUserWriteAccess } from './kafka-user.write-access.js';

/** The clusters of a site that are fenced by KafkaUsers, each at the API server that has them. */
export class KafkaUserFences {
  readonly #apis: ReadonlyMap<ClusterId, ApiServer>;

  constructor(
    private readonly topology: Topology,
    clusters: readonly Cluster[],
    clock: Clock,
    environment: Environment,
  ) {
    const options = { callTimeoutMs: topology.policy.requestTimeoutMs };
    this.#apis = new Map(
      clusters.flatMap(({ id, writeFence }) =>
        writeFence?.by === 'kafka-users'
          ? [[id, new ApiServer(credentialsBy(writeFence.access, environment), clock, options)]]
          : [],
      ),
    );
  }

  /** Undefined where the cluster is fenced otherwise. Without `users` it is the guard's own proof. */
  writeAccess({ id, writeFence }: Cluster, ports: WriteAccessPorts, users: readonly string[]) {
    if (writeFence?.by !== 'kafka-users') return undefined;
    const api = this.#apis.get(id);
    invariant(api, `cluster ${id} is of another site`);
    return kafkaUserWriteAccess(api, writeFence, this.topology.installation, ports, users);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#apis.values()].map((api) => api.close()));
  }
}

export function kafkaUserWriteAccess(
  api: ApiServer,
  { namespace, own }: Pick<WriteFenceBy<'kafka-users'>, 'namespace' | 'own'>,
  installation: string,
  ports: WriteAccessPorts,
  names: readonly string[],
): KafkaUserWriteAccess {
  const user = (name: string) => new KafkaUser(api, namespace, name);
  const owner: Owner = { installation, group: ports.scope.group };
  return new KafkaUserWriteAccess(ports, { users: names.map(user), own: user(own), owner });
}
