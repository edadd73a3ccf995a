import { readFileSync } from 'node:fs';
import { clusterId } from '#libs/domain';
import { renderConnectors, type RenderedConnectors } from '../../apps/mirror-switcher/src/rendered-connectors.js';
import { connectCall } from './connect.js';
import { clock, until } from './condition.js';
import { jaasFile, type Principal } from './credentials.js';
import { type KafkaSite, type Layout, PORTS } from './layout.js';
import type { RunDirectory } from './run-directory.js';

/** What is mirrored. */
export const TOPIC = 'orders';

/** Other topics than that one, as JSON: for a lab of its own. */
export const LAB_TOPICS = 'SIGNALBOX_LAB_TOPICS';

/** `default` has the source's alias before the names of the copies: for a lab of its own. */
export const LAB_POLICY = 'SIGNALBOX_LAB_POLICY';
export const mirrorPolicy = (): 'identity' | 'default' =>
  process.env[LAB_POLICY] === 'default' ? 'default' : 'identity';

export interface MirroredTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly compacted?: boolean;
}

export const mirroredTopics = (): readonly MirroredTopic[] =>
  JSON.parse(process.env[LAB_TOPICS] ?? JSON.stringify([{ topic: TOPIC, partitions: 3 }])) as MirroredTopic[];
export const GROUP_PREFIX = 'app';

export const MIRROR_PRINCIPAL: Readonly<Record<KafkaSite, Principal>> = { a: 'mm2-ab', b: 'mm2-ba' };
const RUNNING_WITHIN_MS = 90_000;
/** On a busy machine its first calls to a cluster may time out; it has been seen not to come back to them. */
const STARTED_AGAIN_AFTER_MS = 20_000;

type Settings = Readonly<Record<string, string | number | boolean>>;

/** The connectors of one direction, as they run at the target's Connect worker. */
export function connectorNames(
  source: KafkaSite,
  target: KafkaSite,
): { readonly source: string; readonly checkpoint: string } {
  return { source: `${source}-to-${target}-source`, checkpoint: `${source}-to-${target}-checkpoint` };
}

/**
 * Starts one direction as Signalbox would: from the settings that stand in the lab's signalbox.yaml. The other one is
 * Signalbox's to create.
 */
export async function startFlow(
  layout: Layout,
  run: RunDirectory,
  source: KafkaSite,
  target: KafkaSite,
): Promise<void> {
  const names = connectorNames(source, target);
  const configs = connectorConfigs(layout, run, source, target);
  for (const role of ['source', 'checkpoint'] as const)
    await connectCall(layout, target, 'PUT', `/connectors/${names[role]}/config`, configs[role]);
  await untilFlows(layout, target, names);
}

/** Both connectors of a direction run at its target. The checkpoint connector has no task before there is a group to follow. */
export async function untilFlows(
  layout: Layout,
  target: KafkaSite,
  names: { readonly source: string; readonly checkpoint: string },
): Promise<void> {
  await Promise.all([running(layout, target, names.source, 1), running(layout, target, names.checkpoint, 0)]);
}

function connectorConfigs(layout: Layout, run: RunDirectory, source: KafkaSite, target: KafkaSite): RenderedConnectors {
  const secrets = Object.entries(secretSettings(run, source)).map(([key, { file }]) => [
    key,
    readFileSync(file, 'utf8'),
  ]);
  const cluster = (site: KafkaSite) => ({
    id: clusterId(site),
    bootstrap: [`${layout.address(site)}:${PORTS.kafkaClient}`],
  });
  const settings = driverSettings(source, target);
  const topics = mirroredTopics().map(({ topic }) => topic);
  const flow = { topics, policy: mirrorPolicy(), settings, secrets: Object.fromEntries(secrets) } as const;
  return renderConnectors(flow, cluster(source), cluster(target));
}

async function running(layout: Layout, target: KafkaSite, name: string, tasksMin: number): Promise<void> {
  let startedAtMs = clock.monotonicMs();
  const path = `/connectors/${encodeURIComponent(name)}`;
  await until(`connector ${name} runs`, RUNNING_WITHIN_MS, async () => {
    if (clock.monotonicMs() - startedAtMs > STARTED_AGAIN_AFTER_MS) {
      startedAtMs = clock.monotonicMs();
      await connectCall(layout, target, 'POST', `${path}/restart?includeTasks=true`);
    }
    const status = (await connectCall(layout, target, 'GET', `${path}/status`)) as {
      readonly connector: { readonly state: string };
      readonly tasks: readonly { readonly state: string; readonly trace?: string }[];
    };
    const states = [status.connector.state, ...status.tasks.map((task) => task.state)];
    const trace = status.tasks.find((task) => task.trace !== undefined)?.trace?.split('\n')[0] ?? '';
    if (status.tasks.length < tasksMin || states.some((state) => state !== 'RUNNING'))
      throw new Error(`${states.join(', ')} ${trace}`);
  });
}

/** `driver.settings` of one direction. */
export const driverSettings = (source: KafkaSite, target: KafkaSite): Settings => ({
  'source.cluster.alias': source,
  'target.cluster.alias': target,
  ...prefixed('source.cluster.', LOGIN),
  ...prefixed('target.cluster.', LOGIN),
  ...PACE,
  // Transactions that are taken back would be copied as if nothing had happened.
  ...(mirroredTopics().length > 1 && { 'source.consumer.isolation.level': 'read_committed' }),
  ...STOPS_WITHOUT_ITS_SOURCE,
});

/** `driver.secretSettings` of one direction: one principal reads there and writes here. */
export function secretSettings(run: RunDirectory, source: KafkaSite): Readonly<Record<string, { file: string }>> {
  const login = { file: run.file('secrets', jaasFile(MIRROR_PRINCIPAL[source])) };
  return { 'source.cluster.sasl.jaas.config': login, 'target.cluster.sasl.jaas.config': login };
}

const LOGIN: Settings = { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'PLAIN' };

const PACE: Settings = {
  'offset.lag.max': 0,
  'refresh.topics.interval.seconds': 2,
  groups: `${GROUP_PREFIX}.*`,
  'refresh.groups.interval.seconds': 1,
  'emit.checkpoints.interval.seconds': 1,
  'sync.group.offsets.interval.seconds': 1,
};

/**
 * A stop waits for the calls to the source that are under way. With the defaults that takes 55 s when it is dead or frozen,
 * with these 0.2 to 0.6 s. Too short for a source that is far away.
 */
const STOPS_WITHOUT_ITS_SOURCE: Settings = {
  'source.admin.default.api.timeout.ms': 500,
  'source.admin.request.timeout.ms': 400,
  'admin.timeout.ms': 3000,
  'source.consumer.request.timeout.ms': 700,
  'source.consumer.default.api.timeout.ms': 800,
  // Below the request's own limit, or every idle fetch would count as lost.
  'source.consumer.fetch.max.wait.ms': 200,
  'consumer.poll.timeout.ms': 100,
};

function prefixed(prefix: string, settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [prefix + key, value]));
}
