import { MIRROR_PRINCIPAL, TOPIC } from '../flow.js';
import { type KafkaSite, type Layout, PORTS } from '../layout.js';
import { passwordOf } from '../credentials.js';
import type { RunDirectory } from '../run-directory.js';

/** The group whose objects these are, as the fence in the API server knows it. */
export const GROUP_LABEL = { 'signalbox.io/group': 'orders' };
const IDENTITY = 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy';
const SECRET = 'mirror';

/** `policy.stepTimeoutMs`: what turns a mirror looks twice before it believes a stop. Below this, signalbox.yaml is refused. */
export const STRIMZI_STEP_TIMEOUT_MS = 30_000;

export interface MirrorPlace {
  readonly layout: Layout;
  /** Holds the password that its user logs in with. */
  readonly run: RunDirectory;
  readonly namespace: string;
}

/** Of a KafkaMirrorMaker2, and of the flow in signalbox.yaml that it is. */
export const mirrorName = (source: KafkaSite, target: KafkaSite): string => `${source}-to-${target}`;

/** How a flow in signalbox.yaml says that this resource is what turns it. Sites are the aliases of their clusters. */
export const strimziDriver = (source: KafkaSite, target: KafkaSite) => ({
  kind: 'strimzi' as const,
  mirrorMaker: mirrorName(source, target),
  positions: { listed: `${mirrorName(source, target)}-listed`, altered: `${mirrorName(source, target)}-altered` },
  settings: { 'source.cluster.alias': source, 'target.cluster.alias': target },
});

/** What Strimzi's users would apply for one direction, at its target: the resource, its login, a ConfigMap for positions. */
export function mirrorObjects({ layout, run, namespace }: MirrorPlace, source: KafkaSite, target: KafkaSite): object[] {
  const password = passwordOf(run, MIRROR_PRINCIPAL[source]);
  const { altered } = strimziDriver(source, target).positions;
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: SECRET }, stringData: { password } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: altered, labels: GROUP_LABEL } },
    mirrorMaker(layout, namespace, source, target),
  ];
}

/** The one for the way back is stopped, as long as nobody needs it. */
function mirrorMaker(layout: Layout, namespace: string, source: KafkaSite, target: KafkaSite): object {
  const name = mirrorName(source, target);
  const { listed, altered } = strimziDriver(source, target).positions;
  const state = source === 'a' ? 'running' : 'stopped';
  const end = (site: KafkaSite) => ({
    alias: site,
    bootstrapServers: `${layout.address(site)}:${PORTS.kafkaClient}`,
    authentication: {
      type: 'plain',
      username: MIRROR_PRINCIPAL[source],
      passwordSecret: { secretName: SECRET, password: 'password' },
    },
  });
  const topics = Object.fromEntries(['config', 'offset', 'status'].map((of) => [`${of}StorageTopic`, `${name}-${of}`]));
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaMirrorMaker2',
    metadata: { name, namespace, labels: GROUP_LABEL },
    spec: {
      version: '4.3.1',
      replicas: 1,
      target: { ...end(target), groupId: name, ...topics },
      mirrors: [
        {
          source: end(source),
          topicsPattern: TOPIC,
          groupsPattern: 'app.*',
          sourceConnector: {
            state,
            tasksMax: 1,
            config: { ...COMMON, ...SOURCE },
            listOffsets: { toConfigMap: { name: listed } },
            alterOffsets: { fromConfigMap: { name: altered } },
          },
          checkpointConnector: { state, tasksMax: 1, config: { ...COMMON, ...CHECKPOINT } },
        },
      ],
    },
  };
}

/** Of both connectors. */
export const COMMON = {
  'replication.policy.class': IDENTITY,
  'offset-syncs.topic.location': 'target',
  'offset-syncs.topic.replication.factor': -1,
  'checkpoints.topic.replication.factor': -1,
  'replication.factor': -1,
  'source.admin.default.api.timeout.ms': 500,
  'source.admin.request.timeout.ms': 400,
  'admin.timeout.ms': 3000,
  'source.consumer.request.timeout.ms': 700,
  'source.consumer.default.api.timeout.ms': 800,
  'source.consumer.fetch.max.wait.ms': 200,
  'consumer.poll.timeout.ms': 100,
};
export const SOURCE = {
  'producer.override.enable.idempotence': true,
  'sync.topic.acls.enabled': false,
  'sync.topic.configs.enabled': false,
  'offset.lag.max': 0,
  'refresh.topics.interval.seconds': 2,
};
export const CHECKPOINT = {
  'sync.group.offsets.enabled': true,
  'sync.group.offsets.interval.seconds': 1,
  'emit.checkpoints.interval.seconds': 1,
  'refresh.groups.interval.seconds': 1,
};
