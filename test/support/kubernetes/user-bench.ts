import { clusterId, groupId } from '#libs/domain';
import { InMemoryKafka, openInMemory, type AccessRule } from '#libs/kafka';
import { ApiServer, fromKubeconfig } from '#libs/kubernetes';
import { SystemClock, SystemRandom } from '#libs/runtime';
import type { AclScope } from '../../../apps/site-guard/src/fence/acl-survey.js';
import { WriteProbe } from '../../../apps/site-guard/src/fence/write-probe.js';
import type { KafkaUserWriteAccess } from '../../../apps/site-guard/src/kafka-user/kafka-user.write-access.js';
import { kafkaUserWriteAccess } from '../../../apps/site-guard/src/kafka-user/make.js';
import type { Loose } from '../broken-topology.js';
import { KubeconfigFile } from './clients-on-kubernetes.js';
import { InMemoryApiServer } from './in-memory-api-server.js';
import { UserOperatorStandIn } from './user-operator-stand-in.js';

const clock = new SystemClock();

export const USERS = ['orders-app', 'mm2-ba'] as const;
export const OWN = 'signalbox';
export const userScope = (change: Partial<AclScope> = {}): AclScope => ({
  group: groupId('orders'),
  topics: ['orders', 'orders.*'],
  probeTopic: 'signalbox.probe.orders',
  inbound: ['User:mm2-ba'],
  self: `User:${OWN}`,
  openByDefault: false,
  ...change,
});

const allow = (name: string, patternType = 'literal', operations = ['All']) => ({
  type: 'allow',
  resource: { type: 'topic', name, patternType },
  operations,
  host: '*',
});

/** A KafkaUser as its owner wrote it; with a rule that is about no topic. */
export const kafkaUser = (name: string, acls: readonly Loose[], version = 'v1'): Loose => ({
  apiVersion: `kafka.strimzi.io/${version}`,
  kind: 'KafkaUser',
  metadata: { name, namespace: 'kafka', generation: 1, labels: { 'strimzi.io/cluster': 'kafka-a' } },
  spec: {
    authentication: { type: 'scram-sha-512' },
    authorization: {
      type: 'simple',
      acls: [...acls, { resource: { type: 'group', name: 'readers', patternType: 'prefix' }, operations: ['Read'] }],
    },
  },
});

export const usersOfCluster = (version = 'v1'): Loose[] => [
  kafkaUser('orders-app', [allow('orders'), allow('orders.', 'prefix', ['Read', 'Write'])], version),
  kafkaUser('mm2-ba', [allow('orders', 'literal', ['Write', 'Describe']), allow('orders.', 'prefix')], version),
  kafkaUser(OWN, [allow('signalbox.', 'prefix')], version),
];

/** A cluster whose ACLs the User Operator owns: API server, operator and Kafka in this process. */
export class UserBench {
  readonly kafka = new InMemoryKafka({ cluster: clusterId('kafka-a'), timeoutMs: 500 }, clock);
  #operator: UserOperatorStandIn | undefined;

  private constructor(
    readonly server: InMemoryApiServer,
    private readonly kubeconfig: KubeconfigFile,
    private readonly api: ApiServer,
  ) {
    for (const topic of ['orders', 'orders.eu', 'signalbox.probe.orders', 'signalbox.guard-canary'])
      this.kafka.createTopic(topic);
  }

  static async start(): Promise<UserBench> {
    const server = await InMemoryApiServer.start();
    const kubeconfig = new KubeconfigFile(server.url);
    const api = new ApiServer(fromKubeconfig(kubeconfig.file), clock, { callTimeoutMs: 5_000 });
    const bench = new UserBench(server, kubeconfig, api);
    for (const user of usersOfCluster()) server.put(user);
    await bench.startOperator();
    return bench;
  }

  async startOperator(): Promise<void> {
    const { rules } = openInMemory(this.kafka, 'User:operator');
    this.#operator = await UserOperatorStandIn.start({ url: this.server.url, namespace: 'kafka', rules });
    await this.#operator.full();
  }

  get operator(): UserOperatorStandIn {
    if (!this.#operator) throw new Error('the operator is away');
    return this.#operator;
  }

  async stopOperator(): Promise<void> {
    await this.#operator?.stop();
    this.#operator = undefined;
  }

  access(change: Partial<AclScope> = {}, users: readonly string[] = USERS): KafkaUserWriteAccess {
    const { log, rules } = openInMemory(this.kafka, `User:${OWN}`);
    const probe = new WriteProbe(log, new SystemRandom());
    const ports = { scope: userScope(change), rules, probes: { clients: probe, control: probe }, clock };
    return kafkaUserWriteAccess(this.api, { namespace: 'kafka', own: OWN }, 'signalbox', ports, users);
  }

  user(name: string): Loose {
    return structuredClone(this.server.find(`/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkausers/${name}`));
  }

  /** As its owner does, with kubectl. */
  change(name: string, change: (user: Loose) => void): void {
    const user = this.user(name);
    change(user);
    this.server.put(user);
  }

  /** Rules on the cluster by somebody who goes around the operator. */
  add(...rules: readonly AccessRule[]): void {
    this.kafka.rules.push(...rules);
  }

  async canWrite(name: string, topic = 'orders'): Promise<boolean> {
    const { log } = openInMemory(this.kafka, `User:${name}`);
    const { outcome } = await log.append(topic, 0, [{ value: Buffer.from('x') }]);
    return outcome === 'appended';
  }

  async end(): Promise<void> {
    await this.stopOperator();
    await this.api.close();
    await this.server.down();
    this.kubeconfig.remove();
  }
}
