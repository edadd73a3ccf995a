import type { Positions } from '#libs/domain';
import {
  KafkaRefusedError,
  type ConsumerGroups,
  type GroupCheckpoint,
  type GroupCheckpoints,
  type TopicLog,
} from '#libs/kafka';
import { parsePartitionKey, partitionKey, type TopicPartition } from '../topic-partition.js';
import { placesOf, type Held, type KnownGroup, type PlacedGroup } from './group-places.js';
import type { PlacesByGroup, SourceGroups } from './source-groups.js';

export interface SurveyedFlow {
  readonly sourceGroups: Pick<SourceGroups, 'all'>;
  readonly checkpoints: GroupCheckpoints;
  readonly target: { readonly log: TopicLog; readonly groups: ConsumerGroups };
  readonly targetTopic: (topic: string) => string;
  readonly isFollowed: (group: string) => boolean;
}

export interface GroupSurvey {
  readonly groups: readonly PlacedGroup[];
  readonly heldAt: (place: TopicPartition) => Held | undefined;
}

/**
 * Every group that is known to consume a flow's topics at its source, and where it stands at the target. Asks the target
 * alone: the source may be lost. @throws UnavailableError, KafkaRefusedError, MalformedError
 */
export async function surveyGroups(flow: SurveyedFlow): Promise<GroupSurvey> {
  const [remembered, checkpoints] = await Promise.all([flow.sourceGroups.all(), latestOf(flow.checkpoints)]);
  const followed = checkpoints.filter(({ group }) => flow.isFollowed(group));
  const names = [...new Set([...remembered.keys(), ...followed.map(({ group }) => group)])].toSorted();
  const { log, groups } = flow.target;
  const [commits, busy] = await Promise.all([groups.commits(names), groups.occupied(names)]);
  const known = names.map((group): KnownGroup => ({
    group,
    consumes: consumedBy(group, remembered, flow.targetTopic),
    translated: translatedFor(group, followed),
    commits: commits.get(group) ?? [],
    hasMembers: busy.has(group),
  }));
  const heldAt = await extentsOf(log, topicsOf(known));
  return { groups: known.map((each) => placesOf(each, heldAt)), heldAt };
}

/** None while MirrorMaker 2 has written none yet. */
async function latestOf(checkpoints: GroupCheckpoints): Promise<readonly GroupCheckpoint[]> {
  try {
    for (let isOver = false; !isOver;) isOver = await checkpoints.follow();
    return checkpoints.latest();
  } catch (error) {
    if (isUnknownTopic(error)) return [];
    throw error;
  }
}

const consumedBy = (
  group: string,
  remembered: PlacesByGroup,
  targetTopic: SurveyedFlow['targetTopic'],
): readonly TopicPartition[] =>
  Object.keys(remembered.get(group) ?? {})
    .map(parsePartitionKey)
    .map(({ topic, partition }) => ({ topic: targetTopic(topic), partition }));

const translatedFor = (group: string, checkpoints: readonly GroupCheckpoint[]): Positions =>
  Object.fromEntries(
    checkpoints.filter((each) => each.group === group).map((each) => [partitionKey(each), each.downstream]),
  );

const topicsOf = (known: readonly KnownGroup[]): readonly string[] => [
  ...new Set(
    known.flatMap(({ consumes, translated }) => [
      ...consumes.map(({ topic }) => topic),
      ...Object.keys(translated).map((key) => parsePartitionKey(key).topic),
    ]),
  ),
];

async function extentsOf(log: TopicLog, topics: readonly string[]): Promise<GroupSurvey['heldAt']> {
  const held = new Map<string, Held>();
  const looks = topics.map(async (topic) => {
    try {
      await log.partitions(topic);
      const [starts, ends] = await Promise.all([log.startOffsets(topic), log.endOffsets(topic)]);
      for (const [partition, end] of ends)
        held.set(partitionKey({ topic, partition }), { start: Number(starts.get(partition) ?? 0n), end: Number(end) });
    } catch (error) {
      if (!isUnknownTopic(error)) throw error;
    }
  });
  await Promise.all(looks);
  return (place) => held.get(partitionKey(place));
}

const isUnknownTopic = (error: unknown): boolean =>
  error instanceof KafkaRefusedError && error.reason === 'UNKNOWN_TOPIC_OR_PARTITION';
