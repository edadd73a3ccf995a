import { connectCall } from './connect.js';
import { until } from './condition.js';
import { jaas, type Principal } from './credentials.js';
import { type KafkaSite, type Layout, PORTS } from './layout.js';
import type { RunDirectory } from './run-directory.js';

/** What is mirrored. */
export const TOPIC = 'orders';
export const GROUP_PREFIX = 'app';

export const MIRROR_PRINCIPAL: Readonly<Record<KafkaSite, Principal>> = { a: 'mm2-ab', b: 'mm2-ba' };
const RUNNING_WITHIN_MS = 30_000;

type Config = Readonly<Record<string, string | number | boolean>>;

/** The connectors of one direction, as they run at the target's Connect worker. */
export function connectorNames(
  source: KafkaSite,
  target: KafkaSite,
): { readonly source: string; readonly checkpoint: string } {
  return { source: `${source}-to-${target}-source`, checkpoint: `${source}-to-${target}-checkpoint` };
}

export async function startFlow(
  layout: Layout,
  run: RunDirectory,
  source: KafkaSite,
  target: KafkaSite,
): Promise<void> {
  const names = connectorNames(source, target);
  const shared = flowConfig(layout, run, source, target);
  const mirror = 'org.apache.kafka.connect.mirror';
  const configs = {
    [names.source]: { 'connector.class': `${mirror}.MirrorSourceConnector`, ...shared, ...SOURCE },
    [names.checkpoint]: { 'connector.class': `${mirror}.MirrorCheckpointConnector`, ...shared, ...CHECKPOINT },
  };
  for (const [name, config] of Object.entries(configs))
    await connectCall(layout, target, 'PUT', `/connectors/${name}/config`, config);
  // The checkpoint connector has no task before there is a group to follow.
  await Promise.all([running(layout, target, names.source, 1), running(layout, target, names.checkpoint, 0)]);
}

async function running(layout: Layout, target: KafkaSite, name: string, tasksMin: number): Promise<void> {
  await until(`connector ${name} runs`, RUNNING_WITHIN_MS, async () => {
    const status = (await connectCall(layout, target, 'GET', `/connectors/${name}/status`)) as {
      readonly connector: { readonly state: string };
      readonly tasks: readonly { readonly state: string; readonly trace?: string }[];
    };
    const states = [status.connector.state, ...status.tasks.map((task) => task.state)];
    const trace = status.tasks.find((task) => task.trace !== undefined)?.trace?.split('\n')[0] ?? '';
    if (status.tasks.length < tasksMin || states.some((state) => state !== 'RUNNING'))
      throw new Error(`${states.join(', ')} ${trace}`);
  });
}

function flowConfig(layout: Layout, run: RunDirectory, source: KafkaSite, target: KafkaSite): Config {
  const login = {
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'PLAIN',
    'sasl.jaas.config': jaas(run, MIRROR_PRINCIPAL[source]),
  };
  const client = (site: KafkaSite) => ({
    'bootstrap.servers': `${layout.address(site)}:${PORTS.kafkaClient}`,
    ...login,
  });
  return {
    'source.cluster.alias': source,
    'target.cluster.alias': target,
    ...prefixed('source.cluster.', client(source)),
    ...prefixed('target.cluster.', client(target)),
    // What a connector writes through the worker goes out as the mirror's principal and by the clients' listener, so that a fence stops it.
    ...prefixed('producer.override.', client(target)),
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    'offset-syncs.topic.location': 'target',
    'replication.factor': 1,
    'offset-syncs.topic.replication.factor': 1,
    'checkpoints.topic.replication.factor': 1,
    'tasks.max': 1,
    'key.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'emit.heartbeats.enabled': false,
    ...STOPS_WITHOUT_ITS_SOURCE,
  };
}

/**
 * A stop waits for the calls to the source that are under way. With the defaults that takes 55 s when it is dead or frozen,
 * with these 0.2 to 0.6 s. Too short for a source that is far away.
 */
const STOPS_WITHOUT_ITS_SOURCE: Config = {
  'source.admin.default.api.timeout.ms': 500,
  'source.admin.request.timeout.ms': 400,
  'admin.timeout.ms': 3000,
  'source.consumer.request.timeout.ms': 700,
  'source.consumer.default.api.timeout.ms': 800,
  // Below the request's own limit, or every idle fetch would count as lost.
  'source.consumer.fetch.max.wait.ms': 200,
  'consumer.poll.timeout.ms': 100,
};

const SOURCE: Config = {
  topics: TOPIC,
  'offset.lag.max': 0,
  'refresh.topics.interval.seconds': 2,
  // ACLs and configurations carry the fences: they must differ between the sites.
  'sync.topic.acls.enabled': false,
  'sync.topic.configs.enabled': false,
};

const CHECKPOINT: Config = {
  topics: TOPIC,
  groups: `${GROUP_PREFIX}.*`,
  'refresh.groups.interval.seconds': 1,
  'emit.checkpoints.interval.seconds': 1,
  'sync.group.offsets.enabled': true,
  'sync.group.offsets.interval.seconds': 1,
};

const prefixed = (prefix: string, config: Config): Config =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [prefix + key, value]));
