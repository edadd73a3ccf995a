import type { ConnectorConfig } from './connect-client.js';

/** How one end of a flow is reached: `bootstrap.servers`, `security.protocol`, `sasl.*`, … as Kafka's Java clients want them. */
export type ClientConfig = Readonly<Record<string, string>>;

export interface FlowConfig {
  readonly source: { readonly alias: string; readonly client: ClientConfig };
  readonly target: { readonly alias: string; readonly client: ClientConfig };
  readonly topics: string;
  readonly groups: string;
  readonly policy: 'identity' | 'default';
  readonly replicationFactor: number;
}

/**
 * A stop waits for the calls to the source that are under way: without these about 55 s when it is dead or frozen, with
 * them 1 to 4 s. A source nearby bears less (`test/lab/flow.ts`: 0.2 to 0.6 s).
 */
export const STOPS_WITHOUT_ITS_SOURCE: ConnectorConfig = {
  'source.admin.default.api.timeout.ms': '3000',
  'source.admin.request.timeout.ms': '2000',
  'source.consumer.default.api.timeout.ms': '4000',
  'source.consumer.request.timeout.ms': '3000',
  'admin.timeout.ms': '3000',
};

/** The settings whose absence makes a stop slow when it matters; a preflight finding. */
export const missingTimeouts = (config: ConnectorConfig): readonly string[] =>
  Object.keys(STOPS_WITHOUT_ITS_SOURCE).filter((key) => config[key] === undefined);

export const sourceConnector = (flow: FlowConfig): ConnectorConfig => ({
  ...sharedConfig(flow, 'MirrorSourceConnector'),
  // Access rules and topic settings carry the fences: they must differ between the sites.
  'sync.topic.acls.enabled': 'false',
  'sync.topic.configs.enabled': 'false',
});

export const checkpointConnector = (flow: FlowConfig): ConnectorConfig => ({
  ...sharedConfig(flow, 'MirrorCheckpointConnector'),
  groups: flow.groups,
  'sync.group.offsets.enabled': 'true',
});

function sharedConfig(flow: FlowConfig, connector: string): ConnectorConfig {
  const { source, target } = flow;
  const bytes = 'org.apache.kafka.connect.converters.ByteArrayConverter';
  const replicas = String(flow.replicationFactor);
  return {
    'connector.class': `org.apache.kafka.connect.mirror.${connector}`,
    'source.cluster.alias': source.alias,
    'target.cluster.alias': target.alias,
    ...prefixed('source.cluster.', source.client),
    ...prefixed('target.cluster.', target.client),
    // What goes through the worker's own producer must be the mirror's principal too, or a fence would not stop it.
    ...prefixed('producer.override.', target.client),
    'replication.policy.class': `org.apache.kafka.connect.mirror.${POLICY_CLASS[flow.policy]}`,
    topics: flow.topics,
    // At the target, so that the mapping of offsets survives the loss of the source.
    'offset-syncs.topic.location': 'target',
    'replication.factor': replicas,
    'offset-syncs.topic.replication.factor': replicas,
    'checkpoints.topic.replication.factor': replicas,
    'emit.heartbeats.enabled': 'false',
    'key.converter': bytes,
    'value.converter': bytes,
    ...STOPS_WITHOUT_ITS_SOURCE,
  };
}

const POLICY_CLASS = { identity: 'IdentityReplicationPolicy', default: 'DefaultReplicationPolicy' } as const;

const prefixed = (prefix: string, client: ClientConfig): ClientConfig =>
  Object.fromEntries(Object.entries(client).map(([key, value]) => [prefix + key, value]));
