import { SystemClock } from '#libs/runtime';
import type { FlowDriver } from '#libs/topology';
import { mirrorMakerOf, strimziResources } from '../../../apps/mirror-switcher/src/strimzi/make.js';
import type { MirrorMaker } from '../../../apps/mirror-switcher/src/strimzi/mirror-maker.js';
import type { Loose } from '../broken-topology.js';
import { FakeConnect } from '../fake-connect.js';
import { KubeconfigFile } from './clients-on-kubernetes.js';
import { InMemoryApiServer } from './in-memory-api-server.js';
import { StrimziStandIn } from './strimzi-stand-in.js';

export const MIRROR_MAKER = '/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkamirrormaker2s/a-to-b';
export const ALTERED = '/api/v1/namespaces/kafka/configmaps/a-to-b-altered';
export const LISTED = '/api/v1/namespaces/kafka/configmaps/a-to-b-listed';
export const SOURCE = 'kafka-a->kafka-b.MirrorSourceConnector';
export const CHECKPOINT = 'kafka-a->kafka-b.MirrorCheckpointConnector';
export const OWNER = { installation: 'signalbox', group: 'orders' };

/** A KafkaMirrorMaker2 of one direction, as v1 has it. */
export const mirrorMaker = (state = 'running') => ({
  apiVersion: 'kafka.strimzi.io/v1',
  kind: 'KafkaMirrorMaker2',
  metadata: { name: 'a-to-b', namespace: 'kafka', generation: 1, labels: { 'signalbox.io/group': 'orders' } },
  spec: {
    version: '4.3.1',
    replicas: 1,
    target: { alias: 'kafka-b', bootstrapServers: 'kafka-b:9092' },
    mirrors: [
      {
        source: { alias: 'kafka-a', bootstrapServers: 'kafka-a:9092' },
        sourceConnector: {
          state,
          tasksMax: 1,
          config: { 'offset-syncs.topic.location': 'target' },
          listOffsets: { toConfigMap: { name: 'a-to-b-listed' } },
          alterOffsets: { fromConfigMap: { name: 'a-to-b-altered' } },
        },
        checkpointConnector: { state, config: {} },
        topicsPattern: 'orders',
      },
    ],
  },
});

export const NAMES = { source: 'a-to-b-source', checkpoint: 'a-to-b-checkpoint' };
export const connectorPath = (name: string): string =>
  `/apis/kafka.strimzi.io/v1/namespaces/kafka/kafkaconnectors/${name}`;

/** The same direction as KafkaConnectors, as v1 has them: first the one with the source connector. */
export const kafkaConnectors = (state = 'running') => [
  kafkaConnector(NAMES.source, 'MirrorSourceConnector', {
    state,
    listOffsets: { toConfigMap: { name: 'a-to-b-listed' } },
    alterOffsets: { fromConfigMap: { name: 'a-to-b-altered' } },
  }),
  kafkaConnector(NAMES.checkpoint, 'MirrorCheckpointConnector', {
    state,
    listOffsets: { toConfigMap: { name: 'a-to-b-checkpoints' } },
  }),
];

const kafkaConnector = (name: string, kind: string, spec: object) => ({
  apiVersion: 'kafka.strimzi.io/v1',
  kind: 'KafkaConnector',
  metadata: {
    name,
    namespace: 'kafka',
    generation: 1,
    labels: { 'signalbox.io/group': 'orders', 'strimzi.io/cluster': 'mirrors' },
  },
  spec: {
    class: `org.apache.kafka.connect.mirror.${kind}`,
    tasksMax: 1,
    config: { 'source.cluster.alias': 'kafka-a', 'target.cluster.alias': 'kafka-b', topics: 'orders' },
    ...spec,
  },
});

type Form = Pick<FlowDriver<'strimzi'>, 'mirrorMaker' | 'connectors'>;

/** A flow that Strimzi runs, over an API server and a Connect in this process. */
export class StrimziBench {
  readonly #makers: MirrorMaker[] = [];

  private constructor(
    readonly server: InMemoryApiServer,
    readonly connect: FakeConnect,
    private readonly kubeconfig: KubeconfigFile,
    private readonly form: Form,
    public standIn: StrimziStandIn | undefined,
  ) {}

  static start(seed: Loose = mirrorMaker()): Promise<StrimziBench> {
    return StrimziBench.over([seed], { mirrorMaker: 'a-to-b' });
  }

  /** With no more than a source connector where there is only one seed. */
  static startConnectors(seeds: readonly Loose[] = kafkaConnectors()): Promise<StrimziBench> {
    const { source, checkpoint } = NAMES;
    return StrimziBench.over(seeds, { connectors: seeds.length > 1 ? { source, checkpoint } : { source } });
  }

  private static async over(seeds: readonly Loose[], form: Form): Promise<StrimziBench> {
    const [server, connect] = await Promise.all([InMemoryApiServer.start(), FakeConnect.start()]);
    for (const seed of seeds) server.put(seed);
    server.put({ kind: 'ConfigMap', metadata: { name: 'a-to-b-altered', namespace: 'kafka' } });
    const bench = new StrimziBench(server, connect, new KubeconfigFile(server.url), form, undefined);
    await bench.startOperator();
    return bench;
  }

  async startOperator(): Promise<void> {
    this.standIn = await StrimziStandIn.start({ url: this.server.url, workers: { kafka: this.connect.url } });
  }

  async stopOperator(): Promise<void> {
    await this.standIn?.stop();
    this.standIn = undefined;
  }

  /** As the mirror-switcher of the target's site makes it. */
  maker(change: Partial<FlowDriver<'strimzi'>> = {}, sourceAlias = 'kafka-a'): MirrorMaker {
    const driver: FlowDriver<'strimzi'> = {
      kind: 'strimzi',
      access: { kubeconfig: { file: this.kubeconfig.file } },
      namespace: 'kafka',
      connect: 'http://a-to-b-mirrormaker2-api.kafka:8083',
      ...this.form,
      positions: { listed: 'a-to-b-listed', altered: 'a-to-b-altered' },
      settings: {},
      ...change,
    };
    const ports = { clock: new SystemClock(), callTimeoutMs: 5_000, environment: {} };
    const maker = mirrorMakerOf({ driver, sourceAlias, owner: OWNER }, ports);
    this.#makers.push(maker);
    return maker;
  }

  resources(reportMs = 5_000) {
    return strimziResources(this.maker(), async () => ({ 'orders-0': 7 }), new SystemClock(), reportMs, 10);
  }

  get stored(): Loose {
    return this.server.find(MIRROR_MAKER);
  }

  connector(name: string): Loose {
    return this.server.find(connectorPath(name));
  }

  /** As somebody would who has no manners. */
  change(change: (object: Loose) => void, path = MIRROR_MAKER): void {
    const object: Loose = structuredClone(this.server.find(path));
    change(object);
    this.server.put(object);
  }

  async end(): Promise<void> {
    await this.stopOperator();
    await Promise.all(this.#makers.map(({ api }) => api.close()));
    await Promise.all([this.server.down(), this.connect.end()]);
    this.kubeconfig.remove();
  }
}
