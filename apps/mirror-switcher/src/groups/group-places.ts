import type { Positions } from '#libs/domain';
import type { GroupCommit } from '#libs/kafka';
import { parsePartitionKey, partitionKey, type TopicPartition } from '../topic-partition.js';

/** What a partition holds at the target. */
export interface Held {
  readonly start: number;
  readonly end: number;
}

/** What is known of one group, all of it by the target's names of the topics. */
export interface KnownGroup {
  readonly group: string;
  /** Where it has committed at the source. */
  readonly consumes: readonly TopicPartition[];
  /** As MirrorMaker 2 has translated its places, by `topic-partition`. */
  readonly translated: Positions;
  readonly commits: readonly GroupCommit[];
  readonly hasMembers: boolean;
}

/** Where a group would go on, once it is written. */
export interface Seed extends TopicPartition {
  readonly offset: number;
  readonly by: 'translation' | 'oldest';
}

/** A group at the target: where it has a place, and what is done about the partitions where it has none. */
export interface PlacedGroup {
  readonly group: string;
  readonly hasMembers: boolean;
  /** Places that it has. */
  readonly placed: readonly GroupCommit[];
  /** Places that it lacks, and where it would miss nothing. */
  readonly seeds: readonly Seed[];
  /** Partitions that the target does not have. */
  readonly withoutCopy: readonly TopicPartition[];
}

/**
 * Where a group lacks a place it goes on at MirrorMaker 2's translation, which it had not come to write, or else at the
 * oldest record that is there: whatever it had read at the source, it misses nothing. A place that it has is never
 * touched, since only forward or back is left, and neither is ours to choose. Pure.
 */
export function placesOf(known: KnownGroup, heldAt: (place: TopicPartition) => Held | undefined): PlacedGroup {
  const { group, hasMembers, consumes, translated, commits } = known;
  const has = new Set(commits.map(partitionKey));
  const wanted = new Set([...consumes.map(partitionKey), ...Object.keys(translated)]);
  const lacking = [...wanted].filter((key) => !has.has(key)).map(parsePartitionKey);
  const there = lacking.filter((place) => heldAt(place) !== undefined);
  return {
    group,
    hasMembers,
    placed: commits.filter((commit) => wanted.has(partitionKey(commit))),
    seeds: there.map((place) => seedAt(place, heldAt(place) ?? EMPTY, translated[partitionKey(place)])),
    withoutCopy: lacking.filter((place) => heldAt(place) === undefined),
  };
}

const EMPTY: Held = { start: 0, end: 0 };

/** A translation beyond the log was made for another one. */
function seedAt(place: TopicPartition, { start, end }: Held, translation: number | undefined): Seed {
  const isOfThisLog = translation !== undefined && translation >= start && translation <= end;
  return isOfThisLog ? { ...place, offset: translation, by: 'translation' } : { ...place, offset: start, by: 'oldest' };
}

/** Left beside the offset, for whoever looks at the group. */
export const SEEDED_OLDEST = 'signalbox: no translated offset was there, so from the oldest record';
export const SEEDED_TRANSLATED = 'signalbox: from the translated offset of the checkpoints';

export const commitOf = ({ topic, partition, offset, by }: Seed): GroupCommit => ({
  topic,
  partition,
  offset,
  metadata: by === 'oldest' ? SEEDED_OLDEST : SEEDED_TRANSLATED,
});
