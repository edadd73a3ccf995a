/** How a flow names things: its replication policy, and what MirrorMaker 2 was told about separators. */
export interface FlowNaming {
  readonly policy: 'identity' | 'default';
  /** As the connectors have them, not as the topology names the clusters. */
  readonly sourceAlias: string;
  readonly targetAlias: string;
  /** `replication.policy.separator`; a full stop unless it was set. */
  readonly separator?: string;
  /** Whether internal topics use it too: `replication.policy.internal.topic.separator.enabled`, true unless it was set. */
  readonly separatesInternals?: boolean;
  /** `offset-syncs.topic.location`: at the source the mapping is lost together with the site. */
  readonly syncsAt: 'source' | 'target';
}

const HEARTBEATS = 'heartbeats';
const DEFAULT_SEPARATOR = '.';

/** The copy's name at the target. Even Identity renames what ends in `heartbeats`, a user's topics among them. */
export function targetTopicOf(
  { policy, sourceAlias, separator = DEFAULT_SEPARATOR }: FlowNaming,
  topic: string,
): string {
  const isRenamed = policy === 'default' || topic.endsWith(HEARTBEATS);
  return isRenamed ? `${sourceAlias}${separator}${topic}` : topic;
}

/** Whose copy a topic of the target is, by its name. */
export function sourceTopicOf(
  { policy, sourceAlias, separator = DEFAULT_SEPARATOR }: FlowNaming,
  copy: string,
): string {
  const prefix = `${sourceAlias}${separator}`;
  const isRenamed = copy.startsWith(prefix) && (policy === 'default' || copy.endsWith(HEARTBEATS));
  return isRenamed ? copy.slice(prefix.length) : copy;
}

/** Named after the OTHER cluster than the one it lies on. */
export function offsetSyncsTopicOf(naming: FlowNaming): string {
  const other = naming.syncsAt === 'target' ? naming.sourceAlias : naming.targetAlias;
  const separator = internalSeparator(naming);
  return `mm2-offset-syncs${separator}${other}${separator}internal`;
}

/** At the target. */
export function checkpointsTopicOf(naming: FlowNaming): string {
  const separator = internalSeparator(naming);
  return `${naming.sourceAlias}${separator}checkpoints${separator}internal`;
}

/** Whether MirrorMaker 2 never copies a topic, because of its name alone. */
export const isNeverCopied = (topic: string): boolean => /^(__|\.)|[-.]internal$/.test(topic);

const internalSeparator = ({ separator = DEFAULT_SEPARATOR, separatesInternals = true }: FlowNaming): string =>
  separatesInternals ? separator : DEFAULT_SEPARATOR;
