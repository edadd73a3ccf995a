import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { ApiServer, fromKubeconfig } from '#libs/kubernetes';
import { SystemRandom } from '#libs/runtime';
import { WriteProbe } from '../../apps/site-guard/src/fence/write-probe.js';
import type { KafkaUserWriteAccess } from '../../apps/site-guard/src/kafka-user/kafka-user.write-access.js';
import { kafkaUserWriteAccess } from '../../apps/site-guard/src/kafka-user/make.js';
import { clock, until } from '../lab/condition.js';
import type { Principal } from '../lab/credentials.js';
import type { ApiAnswer } from '../lab/kubernetes/api-client.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { define, list } from '../lab/kubernetes/definitions.js';
import { strimziDefinitions } from '../lab/kubernetes/strimzi-definitions.js';
import { Lab } from '../lab/lab.js';
import type { Loose } from '../support/broken-topology.js';
import { accessBy } from '../support/kubernetes/installed-clients.js';
import { kafkaUser, OWN, userScope } from '../support/kubernetes/user-bench.js';
import { UserOperatorStandIn } from '../support/kubernetes/user-operator-stand-in.js';
import { createTopic, labAccess } from '../support/lab-kafka.js';
import { kubeconfigOf } from './account.js';
import { startPlane } from './ground.js';
import { CHART, Helm, RELEASE, valuesOf } from './helm.js';

const NAMESPACE = 'kafka';
const MERGE_PATCH = 'application/merge-patch+json';
const CALL_TIMEOUT_MS = 10_000;
/** The policies are in force about a second after they were made. */
const IN_FORCE_WITHIN_MS = 60_000;

/** Who may write at site a: an application, and the mirror that comes in. */
export const WRITERS = ['app', 'mm2-ba'] as const;
export type Writer = (typeof WRITERS)[number];
export type Served = 'v1' | 'v1beta2';

const cluster = (site: 'a' | 'b') => ({ id: `kafka-${site}`, site, bootstrap: [`kafka.${site}.example:9092`] });
/** So that the chart gives the site-guard its rights to these users, and to nothing else. */
const TOPOLOGY = {
  clusters: [{ ...cluster('a'), writeFence: { by: 'kafka-users', namespace: NAMESPACE, own: OWN } }, cluster('b')],
  groups: [
    {
      id: 'orders',
      pattern: 'active-passive',
      home: 'a',
      sites: ['a', 'b'],
      topics: ['orders', 'orders.*'],
      kafkaUsers: { a: WRITERS },
    },
  ],
};

const allow = (name: string, patternType: 'literal' | 'prefix', ...operations: readonly string[]) => ({
  type: 'allow',
  resource: { type: 'topic', name, patternType },
  operations,
  host: '*',
});

/** As their owners wrote them, the first one with a field that only v1beta2 has. */
const users = (): readonly Loose[] => [
  kafkaUser(
    'app',
    [
      allow('orders', 'literal', 'All'),
      allow('orders.', 'prefix', 'Read', 'Write', 'Describe'),
      { resource: { type: 'topic', name: 'prices' }, operation: 'Read' },
    ],
    'v1beta2',
  ),
  kafkaUser('mm2-ba', [allow('orders', 'literal', 'Write', 'Describe'), allow('orders.', 'prefix', 'All')], 'v1beta2'),
  kafkaUser(OWN, [allow('signalbox.', 'prefix', 'All')], 'v1beta2'),
];

/**
 * KafkaUsers on real parts: Strimzi's own definition and the whole of the chart in a real API server, asked as the site-guard's
 * ServiceAccount, and a real broker whose ACLs a stand-in for the User Operator makes of them.
 */
export class UserGround {
  readonly #clusters = new Map<Principal, KafkaCluster>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'signalbox-kafka-user-'));
  #access: Awaited<ReturnType<typeof accessBy>> | undefined;
  #operator: UserOperatorStandIn | undefined;
  #api: ApiServer | undefined;
  /** By which the operator asks: as v1 it would lose what only v1beta2 has, with its first status. */
  #asked: Served = 'v1beta2';

  private constructor(
    private readonly lab: Lab,
    readonly plane: ControlPlane,
  ) {}

  static async up(): Promise<UserGround> {
    const lab = await Lab.up({ parts: ['kafka'] });
    const plane = await startPlane({ controllers: false }).catch(async (error: unknown) => {
      await lab.down();
      throw error;
    });
    const ground = new UserGround(lab, plane);
    try {
      await ground.#prepare();
      return ground;
    } catch (error) {
      await ground.down();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    for (const topic of ['orders.eu', 'prices']) await createTopic(this.lab, 'a', topic, 1);
    await define(this.plane, strimziDefinitions('both', ['kafkausers']));
    for (const namespace of [RELEASE, NAMESPACE]) await this.plane.must(['create', 'namespace', namespace]);
    const values = JSON.stringify({ topology: TOPOLOGY });
    const install = ['install', RELEASE, CHART, ...valuesOf('site-a'), '--values', '-'];
    await new Helm(this.plane, 'helm4').must(install, values);
    await this.plane.must(['create', '--validate=strict', '--filename', '-'], { input: list(users()) });
    this.#access = await accessBy(this.plane.kubeconfig);
    await this.startOperator();
    this.#api = new ApiServer(fromKubeconfig(await kubeconfigOf(this.plane, 'site-guard', this.#folder)), clock, {
      callTimeoutMs: CALL_TIMEOUT_MS,
    });
    await until('the fence in the API server refuses', IN_FORCE_WITHIN_MS, async () => {
      const labels = { 'signalbox.io/group': 'orders' };
      const poisoned = { metadata: { labels, annotations: { 'signalbox.io/epoch': 'x' } } };
      const { status } = await this.patch('app', poisoned, '?dryRun=All');
      if (status !== 422) throw new Error(`${status}`);
    });
  }

  /** Returns when it has brought every rule to the broker, and taken away those of nobody. */
  async startOperator(): Promise<void> {
    if (!this.#access) throw new Error('there is no API server yet');
    const { url, dispatcher } = this.#access;
    const { rules } = this.as('admin');
    this.#operator = await UserOperatorStandIn.start({
      url,
      dispatcher,
      namespace: NAMESPACE,
      rules,
      version: this.#asked,
    });
    await this.#operator.full();
  }

  async stopOperator(): Promise<void> {
    await this.#operator?.stop();
    this.#operator = undefined;
  }

  /** After a test that failed while it was away. */
  async startOperatorIfAway(): Promise<void> {
    if (!this.#operator) await this.startOperator();
  }

  /** As an owner tells the operator to leave all users alone. */
  async pause(isPaused: boolean): Promise<void> {
    const annotations = { 'strimzi.io/pause-reconciliation': isPaused ? 'true' : null };
    for (const name of WRITERS) await this.patch(name, { metadata: { annotations } });
  }

  access(): KafkaUserWriteAccess {
    if (!this.#api) throw new Error('there is no API server yet');
    const { log, rules } = this.as(OWN);
    const probe = new WriteProbe(log, new SystemRandom());
    const ports = { scope: userScope(), rules, probes: { clients: probe, control: probe }, clock };
    return kafkaUserWriteAccess(this.#api, { namespace: NAMESPACE, own: OWN }, 'example', ports, WRITERS);
  }

  /** A client of the broker, by the listener of clients. */
  as(principal: Principal): KafkaCluster {
    const found = this.#clusters.get(principal) ?? openCluster(labAccess(this.lab, 'a', principal));
    this.#clusters.set(principal, found);
    return found;
  }

  /** What the broker says to a record of `principal`. */
  async produce(principal: Principal, topic = 'orders'): Promise<string> {
    const answer = await this.as(principal).log.append(topic, 0, [{ value: Buffer.from('x') }]);
    return answer.outcome === 'appended' ? 'appended' : answer.reason;
  }

  async user(name: string, version: Served = 'v1beta2'): Promise<Loose> {
    const { status, text } = await this.plane.request({ method: 'GET', path: pathOf(name, version) });
    if (status !== 200) throw new Error(`${name}: ${status} ${text}`);
    return JSON.parse(text) as Loose;
  }

  /** As an administrator, who may do everything. */
  patch(name: string, body: object, query = ''): Promise<ApiAnswer> {
    return this.plane.request({ method: 'PATCH', path: pathOf(name) + query, contentType: MERGE_PATCH, body });
  }

  remove(name: string): Promise<ApiAnswer> {
    return this.plane.request({ method: 'DELETE', path: pathOf(name) });
  }

  /** What Strimzi's schema says to the object, as `kubectl replace --validate=strict`; nothing is written. */
  validate(name: string, object: Loose, version: Served): Promise<ApiAnswer> {
    const path = `${pathOf(name, version)}?dryRun=All&fieldValidation=Strict`;
    return this.plane.request({ method: 'PUT', path, body: object });
  }

  /** As from Strimzi 1.0 on, with the operator of that release. */
  async serveOnlyV1(): Promise<void> {
    const [definition] = strimziDefinitions('both', ['kafkausers']) as Loose[];
    const at = definition?.spec.versions.findIndex(({ name }: Loose) => name === 'v1beta2');
    const patch = JSON.stringify([
      { op: 'test', path: `/spec/versions/${at}/name`, value: 'v1beta2' },
      { op: 'replace', path: `/spec/versions/${at}/served`, value: false },
    ]);
    await this.plane.must(['patch', 'crd', 'kafkausers.kafka.strimzi.io', '--type', 'json', '--patch', patch]);
    await until('v1beta2 is gone', IN_FORCE_WITHIN_MS, async () => {
      const [old, current] = await Promise.all(
        (['v1beta2', 'v1'] as const).map((version) =>
          this.plane.request({ method: 'GET', path: pathOf('app', version) }),
        ),
      );
      if (old?.status !== 404 || current?.status !== 200) throw new Error(`${old?.status} ${current?.status}`);
    });
    await this.stopOperator();
    this.#asked = 'v1';
    await this.startOperator();
  }

  async down(): Promise<void> {
    await this.stopOperator();
    await Promise.all([...this.#clusters.values()].map((each) => each.close()));
    await Promise.all([this.#api?.close(), this.#access?.dispatcher.destroy()]);
    await this.plane.stop();
    await this.lab.down();
    rmSync(this.#folder, { recursive: true });
  }
}

const pathOf = (name: string, version: Served = 'v1beta2'): string =>
  `/apis/kafka.strimzi.io/${version}/namespaces/${NAMESPACE}/kafkausers/${name}`;
