import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { KubernetesAccessText, Namespace, ObjectName } from './kubernetes.js';
import { ClusterIdText, Command, FlowIdText, HttpAddress, record, SecretRef, Text } from './scalars.js';

const TOPIC = /^[A-Za-z0-9._-]{1,249}\*?$|^\*$/;
const TOPIC_FORM = 'a topic name, or a prefix with a final *';
export const Topics = z
  .array(z.string(TOPIC_FORM).regex(TOPIC, TOPIC_FORM), 'a list of topics')
  .min(1, 'at least one topic');

const PROBE_TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
const PROBE_FORM = 'a topic name';

const PRINCIPAL_FORM = 'a Kafka principal, for example User:mm2-ab';

const Settings = z
  .record(Text, z.union([z.string(), z.number(), z.boolean()]), 'texts, numbers or booleans by name')
  .default({});

const Connect = record({
  kind: z.literal('connect'),
  source: Text.describe('Name of the MirrorSourceConnector.'),
  checkpoint: Text.describe('Name of the MirrorCheckpointConnector.'),
  settings: Settings.describe(
    'Of both connectors, over what Signalbox sets when it has to create them: security, time-outs. ' +
      "What stands for target.cluster. is the workers' producer's too, for these connectors.",
  ),
  secretSettings: z
    .record(Text, SecretRef, 'references to files by name')
    .default({})
    .describe('Settings whose whole value is a secret, such as source.cluster.sasl.jaas.config.'),
}).describe("Connectors on the target cluster's Connect workers.");

const Strimzi = record({
  kind: z.literal('strimzi'),
  access: KubernetesAccessText.default('in-cluster').describe(
    "How the mirror-switcher of the target's site, and nobody else, reaches the API server of that site.",
  ),
  namespace: Namespace,
  connect: HttpAddress.describe(
    'The REST interface of its workers, like http://a-to-b-mirrormaker2-api.kafka:8083 or http://mirrors-connect-api.kafka:8083. Read and never written: the ' +
      'health-monitors ask there every few seconds how far the flow has come.',
  ),
  mirrorMaker: ObjectName.optional().describe(
    'A KafkaMirrorMaker2 with this one direction: its only mirror. Either this, or connectors.',
  ),
  connectors: record({
    source: ObjectName.describe('The KafkaConnector that is the MirrorSourceConnector.'),
    checkpoint: ObjectName.optional().describe('The one that is the MirrorCheckpointConnector, where there is one.'),
  })
    .optional()
    .describe(
      'KafkaConnectors of one KafkaConnect that has the annotation strimzi.io/use-connector-resources. Either these, or ' +
        'mirrorMaker.',
    ),
  positions: record({
    listed: ObjectName.describe('Its listOffsets.toConfigMap: the cluster operator writes it.'),
    altered: ObjectName.describe('Its alterOffsets.fromConfigMap, an empty one at first: Signalbox writes it.'),
  }).describe('The ConfigMaps that its source connector names, in the same namespace.'),
  settings: Settings.describe(
    'What its config says of how it copies, where it differs from the default: source.cluster.alias, ' +
      'replication.policy.separator, source.consumer.isolation.level.',
  ),
}).describe("Strimzi's resources at the target's site, which its cluster operator turns into connectors.");

const Dedicated = record({
  kind: z.literal('dedicated'),
  file: Text.describe(
    'The properties of one direction, which only its workers read: at the site of its target, where the mirror-switcher may ' +
      'replace it. Signalbox turns a->b.enabled there.',
  ),
  restart: Command.describe(
    'Ends all workers that have read the file, waits until they are gone, and starts them anew. Exits 0 when that is done.',
  ),
  settings: Settings.describe(
    'What the file says of how the flow copies, where it differs from the default: source.cluster.alias, ' +
      'replication.policy.separator, source.consumer.isolation.level, offset-syncs.topic.location.',
  ),
}).describe(
  'A MirrorMaker 2 of its own. Nobody can tell it from where to go on, so no site comes back by it from a watermark.',
);

export const FlowText = record({
  id: FlowIdText,
  source: ClusterIdText,
  target: ClusterIdText,
  topics: Topics,
  policy: z
    .enum(['identity', 'default'])
    .describe('MirrorMaker 2 replication policy: same topic name on both sides, or prefixed with the source alias.'),
  probeTopic: z
    .string(PROBE_FORM)
    .regex(PROBE_TOPIC, PROBE_FORM)
    .optional()
    .describe(
      'A topic of the source, beside those above, for records of our own: the health-monitors of the target write there and ' +
        'look for the copies. You create it; whatever copies the flow must copy it too.',
    ),
  principal: z
    .string(PRINCIPAL_FORM)
    .regex(/^User:.+$/, PRINCIPAL_FORM)
    .describe('Writes at the target; denied there when the target is promoted.'),
  driver: z.discriminatedUnion('kind', [Connect, Strimzi, Dedicated], 'kind: connect, strimzi or dedicated'),
});
export type Flow = Immutable<z.infer<typeof FlowText>>;

/** Everything that a flow's mirror has to copy. */
export const copiedTopicsOf = ({ topics, probeTopic }: Pick<Flow, 'topics' | 'probeTopic'>): Flow['topics'] =>
  probeTopic === undefined ? topics : [...topics, probeTopic];

/** How a flow is driven, by the kind of its driver. */
export type FlowDriver<Kind extends Flow['driver']['kind']> = Extract<Flow['driver'], { readonly kind: Kind }>;
export type FlowBy<Kind extends Flow['driver']['kind']> = Flow & { readonly driver: FlowDriver<Kind> };

export const isDrivenBy = <Kind extends Flow['driver']['kind']>(flow: Flow, kind: Kind): flow is FlowBy<Kind> =>
  flow.driver.kind === kind;

/** Names of a flow's connectors, and where Connect answers for them. */
export interface FlowConnectors {
  readonly connect: string;
  readonly source: string;
  readonly checkpoint: string | undefined;
}

/** `workers`: the Connect of the flow's target; without one, connectors of ours have no place. */
export function connectorsOf(flow: Flow, workers: string | undefined): FlowConnectors | undefined {
  if (isDrivenBy(flow, 'strimzi')) return strimziConnectorsOf(flow);
  const { driver } = flow;
  if (driver.kind !== 'connect' || workers === undefined) return undefined;
  return { connect: workers, source: driver.source, checkpoint: driver.checkpoint };
}

/** A KafkaConnector is called at Connect as its resource is. */
export function strimziConnectorsOf(flow: FlowBy<'strimzi'>): FlowConnectors {
  const { connect, connectors } = flow.driver;
  if (connectors) return { connect, source: connectors.source, checkpoint: connectors.checkpoint };
  const [from, to] = aliasesOf(flow);
  return { connect, ...strimziConnectors(from, to) };
}

/** An object in the API server by which a direction is turned. */
export interface StrimziObjectName {
  readonly kind: 'KafkaMirrorMaker2' | 'KafkaConnector';
  readonly name: string;
  /** Below the flow's driver. */
  readonly at: readonly string[];
}

/** First the one with the source connector. The check demands one form of the two. */
export function strimziObjectsOf({
  mirrorMaker,
  connectors,
}: Pick<FlowDriver<'strimzi'>, 'mirrorMaker' | 'connectors'>): readonly StrimziObjectName[] {
  if (mirrorMaker !== undefined) return [{ kind: 'KafkaMirrorMaker2', name: mirrorMaker, at: ['mirrorMaker'] }];
  return (['source', 'checkpoint'] as const).flatMap((role) => {
    const name = connectors?.[role];
    return name === undefined ? [] : [{ kind: 'KafkaConnector' as const, name, at: ['connectors', role] }];
  });
}

/** As the connectors have them, not as the topology names the clusters. */
function aliasesOf({ source, target, driver: { settings } }: Flow): readonly [source: string, target: string] {
  return [String(settings['source.cluster.alias'] ?? source), String(settings['target.cluster.alias'] ?? target)];
}

/** Keys of one direction in the properties of a MirrorMaker 2 of its own. It does nothing with those that are ours. */
export interface DedicatedKeys {
  /** MirrorMaker's own switch: `a->b.enabled`. */
  readonly enabled: string;
  readonly epoch: string;
  /** There while the workers have not been started anew since the switch was turned. */
  readonly pending: string;
}

export function dedicatedKeysOf(flow: FlowBy<'dedicated'>): DedicatedKeys {
  const [from, to] = aliasesOf(flow);
  return {
    enabled: `${from}->${to}.enabled`,
    epoch: `signalbox.epoch.${flow.id}`,
    pending: `signalbox.pending.${flow.id}`,
  };
}

/** As Strimzi names the connectors of a mirror. */
export const strimziConnectors = (source: string, target: string) => ({
  source: `${source}->${target}.MirrorSourceConnector`,
  checkpoint: `${source}->${target}.MirrorCheckpointConnector`,
});
