import { MIRROR_PRINCIPAL, TOPIC } from '../flow.js';
import { type KafkaSite, PORTS } from '../layout.js';
import { passwordOf } from '../credentials.js';
import {
  CHECKPOINT,
  COMMON,
  GROUP_LABEL,
  mirrorName,
  SOURCE,
  strimziDriver,
  type MirrorPlace,
} from './strimzi-mirrors.js';

/** The KafkaConnect that would run them; its worker is the lab's. */
const CLUSTER_LABEL = { 'strimzi.io/cluster': 'mirrors' };

const namesOf = (source: KafkaSite, target: KafkaSite) => ({
  source: `${mirrorName(source, target)}-mirror`,
  checkpoint: `${mirrorName(source, target)}-checkpoints`,
});

/** How a flow in signalbox.yaml says that KafkaConnectors are what turns it. */
export function connectorsDriver(source: KafkaSite, target: KafkaSite) {
  const { mirrorMaker: _, ...driver } = strimziDriver(source, target);
  return { ...driver, connectors: namesOf(source, target) };
}

/** What Strimzi's users would apply for one direction, at its target, where they have a KafkaConnect there. Both are stopped. */
export function connectorObjects(
  { layout, run, namespace }: MirrorPlace,
  source: KafkaSite,
  target: KafkaSite,
): object[] {
  const { positions, connectors } = connectorsDriver(source, target);
  const user = MIRROR_PRINCIPAL[source];
  const login = {
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'PLAIN',
    'sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
      `username="${user}" password="${passwordOf(run, user)}";`,
  };
  const end = (site: KafkaSite) => ({
    alias: site,
    'bootstrap.servers': `${layout.address(site)}:${PORTS.kafkaClient}`,
    ...login,
  });
  const config = {
    ...COMMON,
    ...prefixed('source.cluster.', end(source)),
    ...prefixed('target.cluster.', end(target)),
    ...prefixed('producer.override.', login),
    topics: TOPIC,
    groups: 'app.*',
  };
  const connector = (name: string, kind: string, own: object, spec: object) => ({
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaConnector',
    metadata: { name, namespace, labels: { ...GROUP_LABEL, ...CLUSTER_LABEL } },
    spec: {
      class: `org.apache.kafka.connect.mirror.${kind}`,
      tasksMax: 1,
      state: 'stopped',
      config: { ...config, ...own },
      ...spec,
    },
  });
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: positions.altered, labels: GROUP_LABEL } },
    connector(connectors.source, 'MirrorSourceConnector', SOURCE, {
      listOffsets: { toConfigMap: { name: positions.listed } },
      alterOffsets: { fromConfigMap: { name: positions.altered } },
    }),
    connector(connectors.checkpoint, 'MirrorCheckpointConnector', CHECKPOINT, {
      listOffsets: { toConfigMap: { name: `${connectors.checkpoint}-listed` } },
    }),
  ];
}

const prefixed = (prefix: string, config: object): object =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [prefix + key, value]));
