import type { Flow } from '#libs/topology';
import type { Isolation } from '../sweep/offset-sweep.js';
import type { FlowNaming } from './replicated-names.js';

/** What the settings of a flow's connectors say of how it copies. */
export interface FlowManner {
  readonly naming: FlowNaming;
  /** As the mirror reads the source; what it does not read is nothing that it could lose. */
  readonly isolation: Isolation;
  /** Whether it surely writes in transactions. A worker may make it do so, too: that shows in the offset syncs. */
  readonly isTransactional: boolean;
}

/** Settings that are absent are MirrorMaker 2's own defaults, or ours where we set them for connectors that we create. */
export function mannerOf({ source, target, policy, driver: { settings } }: Flow): FlowManner {
  const text = (name: string): string | undefined => (name in settings ? String(settings[name]) : undefined);
  const separator = text('replication.policy.separator');
  const isolation = text('source.consumer.isolation.level') ?? text('consumer.isolation.level');
  return {
    naming: {
      policy,
      sourceAlias: text('source.cluster.alias') ?? source,
      targetAlias: text('target.cluster.alias') ?? target,
      ...(separator !== undefined && { separator }),
      separatesInternals: text('replication.policy.internal.topic.separator.enabled') !== 'false',
      syncsAt: text('offset-syncs.topic.location') === 'source' ? 'source' : 'target',
    },
    isolation: isolation === 'read_committed' ? 'read-committed' : 'read-uncommitted',
    isTransactional: text('exactly.once.support') === 'required',
  };
}
