import kafkajs, { type AclEntry, type ITopicConfig, type AclResourceTypes, type ResourcePatternTypes } from 'kafkajs';
import type { Principal } from './credentials.js';
import { GROUP_PREFIX, MIRROR_PRINCIPAL, mirroredTopics, mirrorPolicy, TOPIC } from './flow.js';
import { until } from './condition.js';
import { withAdmin } from './kafka.js';
import type { KafkaSite, Layout } from './layout.js';
import type { RunDirectory } from './run-directory.js';

const SET_UP_WITHIN_MS = 60_000;

/** Rewritten within seconds, so that what a test reads has gaps. */
const COMPACTION = [
  { name: 'cleanup.policy', value: 'compact' },
  { name: 'segment.ms', value: '5000' },
  { name: 'min.cleanable.dirty.ratio', value: '0.01' },
];

const topics = (): ITopicConfig[] => [
  ...mirroredTopics().map(({ topic: name, partitions, compacted }) => ({
    topic: name,
    numPartitions: partitions,
    ...(compacted && { configEntries: COMPACTION }),
  })),
  { topic: 'signalbox.observations', numPartitions: 1 },
  { topic: 'signalbox.audit', numPartitions: 1 },
  { topic: 'signalbox.canary', numPartitions: 1 },
  { topic: 'signalbox.guard-canary', numPartitions: 1 },
  { topic: `signalbox.probe.${TOPIC}`, numPartitions: 1 },
];

/** Topics and permissions, as a platform team gives them out. The standing fence is no business of the lab: the site-guard sets it. */
export async function setUpCluster(layout: Layout, run: RunDirectory, site: KafkaSite): Promise<void> {
  const mirrored = mirroredTopics().map((each) => literal(topic, each.topic));
  const acl = [
    ...common(mirrored),
    ...mirrorReads(MIRROR_PRINCIPAL[site], mirrored),
    ...mirrorWrites(otherSite(site), mirrored),
  ];
  const wanted = topics().map((each) => ({ ...each, replicationFactor: 1 }));
  // All of it can be repeated: what is there already is left as it is.
  await until(`topics and permissions of site ${site} are set up`, SET_UP_WITHIN_MS, () =>
    withAdmin(layout, run, site, async (admin) => {
      // The client's own wait for leaders gives up at the first answer that does not know the topic yet.
      await admin.createTopics({ topics: wanted, waitForLeaders: false });
      await admin.createAcls({ acl });
      for (const { topic: name } of wanted) await admin.fetchTopicOffsets(name);
    }),
  );
}

const otherSite = (site: KafkaSite): KafkaSite => (site === 'a' ? 'b' : 'a');

type Operation = keyof typeof kafkajs.AclOperationTypes;
interface Resource {
  readonly type: AclResourceTypes;
  readonly name: string;
  readonly pattern: ResourcePatternTypes;
}

const literal = (type: AclResourceTypes, name: string): Resource => ({
  type,
  name,
  pattern: kafkajs.ResourcePatternTypes.LITERAL,
});
const startingWith = (type: AclResourceTypes, name: string): Resource => ({
  type,
  name,
  pattern: kafkajs.ResourcePatternTypes.PREFIXED,
});
const { TOPIC: topic, GROUP: group } = kafkajs.AclResourceTypes;
const CLUSTER = literal(kafkajs.AclResourceTypes.CLUSTER, 'kafka-cluster');

function allow(principal: Principal, resource: Resource, ...operations: readonly Operation[]): AclEntry[] {
  return operations.map((operation) => ({
    principal: `User:${principal}`,
    host: '*',
    permissionType: kafkajs.AclPermissionTypes.ALLOW,
    operation: kafkajs.AclOperationTypes[operation],
    resourceType: resource.type,
    resourceName: resource.name,
    resourcePatternType: resource.pattern,
  }));
}

const common = (mirrored: readonly Resource[]): readonly AclEntry[] => [
  ...mirrored.flatMap((each) => allow('app', each, 'ALL')),
  ...allow('app', startingWith(kafkajs.AclResourceTypes.TRANSACTIONAL_ID, 'app'), 'WRITE', 'DESCRIBE'),
  ...allow('app', startingWith(group, GROUP_PREFIX), 'READ'),
  ...allow('signalbox', startingWith(topic, 'signalbox.'), 'ALL'),
  ...allow('signalbox', startingWith(group, 'signalbox.'), 'ALL'),
  // WRITE for stranded records that are replayed: the fence of a site that is not active takes it away again.
  ...mirrored.flatMap((each) => allow('signalbox', each, 'READ', 'WRITE', 'DESCRIBE', 'DESCRIBE_CONFIGS')),
  ...allow('signalbox', startingWith(kafkajs.AclResourceTypes.TRANSACTIONAL_ID, 'signalbox.'), 'WRITE', 'DESCRIBE'),
  ...allow('signalbox', startingWith(topic, 'mm2-offset-syncs.'), 'READ'),
  ...allow('signalbox', literal(group, '*'), 'DESCRIBE'),
  // For groups that the mirror has no offset of.
  ...allow('signalbox', startingWith(group, GROUP_PREFIX), 'READ'),
  ...allow('signalbox', CLUSTER, 'ALTER', 'DESCRIBE', 'ALTER_CONFIGS', 'DESCRIBE_CONFIGS'),
  ...allow('connect', startingWith(topic, 'connect-'), 'ALL'),
  ...allow('connect', startingWith(group, 'connect-'), 'ALL'),
];

function mirrorReads(principal: Principal, mirrored: readonly Resource[]): AclEntry[] {
  return [
    ...mirrored.flatMap((each) => allow(principal, each, 'READ', 'DESCRIBE', 'DESCRIBE_CONFIGS')),
    ...allow(principal, startingWith(group, GROUP_PREFIX), 'DESCRIBE'),
    ...allow(principal, CLUSTER, 'DESCRIBE'),
  ];
}

/** Of the direction from `source`, at its target: the data, the flow's own topics, and the groups whose offsets it keeps. */
function mirrorWrites(source: KafkaSite, mirrored: readonly Resource[]): AclEntry[] {
  const principal = MIRROR_PRINCIPAL[source];
  return [
    ...mirrored.flatMap((each) => allow(principal, each, 'READ', 'WRITE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER')),
    ...(mirrorPolicy() === 'default' ? renamedWrites(source) : []),
    ...allow(principal, literal(topic, `mm2-offset-syncs.${source}.internal`), 'ALL'),
    ...allow(principal, literal(topic, `${source}.checkpoints.internal`), 'ALL'),
    ...allow('signalbox', literal(topic, `${source}.checkpoints.internal`), 'READ'),
    ...allow(principal, startingWith(group, GROUP_PREFIX), 'READ', 'DESCRIBE'),
  ];
}

/** Copies that have the source's alias before their names are created by the mirror itself. */
const renamedWrites = (source: KafkaSite): readonly AclEntry[] => [
  ...allow(MIRROR_PRINCIPAL[source], startingWith(topic, `${source}.`), 'ALL'),
  ...allow('signalbox', startingWith(topic, `${source}.`), 'READ', 'DESCRIBE'),
];
