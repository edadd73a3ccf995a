import { copiedTopicsOf, TOPICS_EXCLUDED, type Cluster, type Flow } from '#libs/topology';
import type { ConnectorConfig } from './connect-client.js';
import { SENDS_ONCE, STOPS_WITHOUT_ITS_SOURCE } from './connector-config.js';
import { ORIGIN_SITE } from './salvage/provenance.js';

/** What of the topology stands in a connector's configuration. */
export interface RenderedFlow {
  readonly topics: Flow['topics'];
  readonly probeTopic?: Flow['probeTopic'];
  readonly policy: Flow['policy'];
  /** Over what is set here. */
  readonly settings: Flow['driver']['settings'];
  /** Over `settings`: what `secretSettings` refer to. */
  readonly secrets: ConnectorConfig;
}

export type MirroredCluster = Pick<Cluster, 'id' | 'bootstrap'>;

export interface RenderedConnectors {
  readonly source: ConnectorConfig;
  readonly checkpoint: ConnectorConfig;
}

const MIRROR = 'org.apache.kafka.connect.mirror';
const POLICIES = { identity: `${MIRROR}.IdentityReplicationPolicy`, default: `${MIRROR}.DefaultReplicationPolicy` };
const BYTES = 'org.apache.kafka.connect.converters.ByteArrayConverter';

/** The two connectors of a flow, for a Connect that does not have them. Pure; holds secrets. */
export function renderConnectors(
  flow: RenderedFlow,
  source: MirroredCluster,
  target: MirroredCluster,
): RenderedConnectors {
  const render = (connector: string, own: ConnectorConfig): ConnectorConfig => {
    const config = {
      'connector.class': `${MIRROR}.${connector}`,
      ...shared(flow, source, target),
      ...own,
      ...texts(flow.settings),
      ...flow.secrets,
    };
    return { ...asProducer(config), ...config };
  };
  return {
    source: render('MirrorSourceConnector', SOURCE),
    checkpoint: render('MirrorCheckpointConnector', CHECKPOINT),
  };
}

const shared = (flow: RenderedFlow, source: MirroredCluster, target: MirroredCluster): ConnectorConfig => ({
  'source.cluster.alias': source.id,
  'target.cluster.alias': target.id,
  'source.cluster.bootstrap.servers': source.bootstrap.join(','),
  'target.cluster.bootstrap.servers': target.bootstrap.join(','),
  topics: copiedTopicsOf(flow).map(topicPattern).join(','),
  'topics.exclude': TOPICS_EXCLUDED.join(','),
  'replication.policy.class': POLICIES[flow.policy],
  // At the source the mapping between both sides' offsets would be lost with it.
  'offset-syncs.topic.location': 'target',
  // As the brokers do it by default: MirrorMaker's own defaults are for three brokers.
  'replication.factor': '-1',
  'offset-syncs.topic.replication.factor': '-1',
  'checkpoints.topic.replication.factor': '-1',
  // Whatever the workers convert for others, a mirror copies bytes.
  'key.converter': BYTES,
  'value.converter': BYTES,
  ...STOPS_WITHOUT_ITS_SOURCE,
});

const SOURCE: ConnectorConfig = {
  // ACLs and topic settings carry the fences: they must differ between the sites.
  'sync.topic.acls.enabled': 'false',
  'sync.topic.configs.enabled': 'false',
  'refresh.topics.interval.seconds': '30',
  ...SENDS_ONCE,
  ...keepsSalvagedOut(),
};

/**
 * Stranded records that were replayed are in their own site's log already: a mirror toward it leaves them out. They tell
 * themselves by a header; filter and predicate are Connect's own.
 */
function keepsSalvagedOut(): ConnectorConfig {
  const [filter, predicate] = ['signalboxSalvaged', 'signalboxIsSalvaged'];
  return {
    transforms: filter,
    [`transforms.${filter}.type`]: 'org.apache.kafka.connect.transforms.Filter',
    [`transforms.${filter}.predicate`]: predicate,
    predicates: predicate,
    [`predicates.${predicate}.type`]: 'org.apache.kafka.connect.transforms.predicates.HasHeaderKey',
    [`predicates.${predicate}.name`]: ORIGIN_SITE,
  };
}

/** Groups find their place after a move as it was seconds before, not minutes. */
const CHECKPOINT: ConnectorConfig = {
  'sync.group.offsets.enabled': 'true',
  'sync.group.offsets.interval.seconds': '5',
  'emit.checkpoints.interval.seconds': '5',
  'refresh.groups.interval.seconds': '30',
};

const TARGET_CLIENT = 'target.cluster.';

/**
 * What a connector writes goes out by the worker's own producer. Unless that is told to log in as the mirror does, the
 * fence at the target denies a principal that nobody writes as.
 */
const asProducer = (config: ConnectorConfig): ConnectorConfig =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(TARGET_CLIENT) && key !== `${TARGET_CLIENT}alias`)
      .map(([key, value]) => [`producer.override.${key.slice(TARGET_CLIENT.length)}`, value]),
  );

/** MirrorMaker takes regular expressions, the topology names and prefixes. */
const topicPattern = (pattern: string): string => pattern.replaceAll('.', '\\.').replace(/\*$/, '.*');

const texts = (settings: RenderedFlow['settings']): ConnectorConfig =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
