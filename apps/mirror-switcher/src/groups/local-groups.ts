import {
  checkpointsTopicOf,
  GroupCheckpoints,
  mannerOf,
  targetTopicOf,
  type ConsumerGroups,
  type TopicLog,
  type TransactionalWriter,
} from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import type { Flow } from '#libs/topology';
import type { EpochMarker } from '../epoch-marker.js';
import { isCopied } from '../flow-topics.js';
import { FlowGroups } from './flow-groups.js';
import { isFollowedBy } from './followed-groups.js';
import type { WatchedGroups } from './group-watch.js';
import { SourceGroups } from './source-groups.js';

/** The groups at both ends of a flow. */
export interface GroupsOfFlow {
  readonly source: ConsumerGroups;
  readonly target: ConsumerGroups;
}

/** A flow that ends at this site, as far as its groups are concerned. */
interface FlowWithGroups {
  readonly flow: Flow;
  readonly target: TopicLog;
  readonly copying: { readonly writer: TransactionalWriter };
  readonly groups: GroupsOfFlow;
}

export function groupsOf(local: FlowWithGroups, marker: Pick<EpochMarker, 'read' | 'stamp'>, clock: Clock): FlowGroups {
  const { flow, target, groups } = local;
  const { naming } = mannerOf(flow);
  return new FlowGroups(marker, {
    sourceGroups: sourceGroupsOf(local, clock),
    checkpoints: new GroupCheckpoints(target, checkpointsTopicOf(naming)),
    target: { log: target, groups: groups.target },
    targetTopic: (topic) => targetTopicOf(naming, topic),
    isFollowed: isFollowedBy(flow.driver),
  });
}

/** `watched`: flows whose groups somebody wants to be looked after, and where something may be written. */
export const watchedGroups = (
  flows: readonly FlowWithGroups[],
  watched: ReadonlySet<string>,
  clock: Clock,
): readonly WatchedGroups[] =>
  flows
    .filter(({ flow }) => watched.has(flow.id))
    .map((local) => ({
      flow: local.flow.id,
      source: local.groups.source,
      sourceGroups: sourceGroupsOf(local, clock),
      isFollowed: isFollowedBy(local.flow.driver),
      isCopied: (topic) => isCopied(local.flow, topic),
    }));

const sourceGroupsOf = ({ flow, target, copying }: FlowWithGroups, clock: Clock): SourceGroups =>
  new SourceGroups(target, copying.writer, flow.id, () => clock.monotonicMs());
