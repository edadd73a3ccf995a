import { SEEDED_OLDEST, SEEDED_TRANSLATED, type PlacedGroup } from './group-places.js';
import type { GroupSurvey } from './group-survey.js';

/** So many stand one by one in a step's result; those with the most to read again come first. */
const LISTED_MAX = 50;

/** What one group has before it. Records are counted as offsets, so there are that many at most. */
export type ReportedGroup = {
  readonly group: string;
  readonly partitions: number;
  /** Where we had it go on at the oldest record. */
  readonly oldest: number;
  /** Where we wrote the translation that MirrorMaker 2 had not come to write. */
  readonly translated: number;
  /** Without any place: it begins where its own `auto.offset.reset` says. */
  readonly without: number;
  readonly withoutCopy: number;
  readonly hasMembers: boolean;
  readonly rereadMaxRecords: number;
  /** With `auto.offset.reset: latest`. */
  readonly skippedMaxRecords: number;
};

export type GroupReport = {
  readonly groups: number;
  /** Whose places are all MirrorMaker 2's translations, or their own. */
  readonly inOrder: number;
  readonly others: ReportedGroup[];
  readonly unlisted: number;
};

/** Each group that MirrorMaker 2 left something to do for. Pure. */
export function reportOn({ groups, heldAt }: GroupSurvey): GroupReport {
  const reported = groups.map((group) => reportOf(group, heldAt));
  const others = reported
    .filter(({ oldest, translated, without, withoutCopy }) => oldest + translated + without + withoutCopy > 0)
    .toSorted((a, b) => weightOf(b) - weightOf(a) || (a.group < b.group ? -1 : 1));
  return {
    groups: groups.length,
    inOrder: groups.length - others.length,
    others: others.slice(0, LISTED_MAX),
    unlisted: Math.max(0, others.length - LISTED_MAX),
  };
}

function reportOf(
  { group, placed, seeds, withoutCopy, hasMembers }: PlacedGroup,
  heldAt: GroupSurvey['heldAt'],
): ReportedGroup {
  const oldest = placed.filter(({ metadata }) => metadata === SEEDED_OLDEST);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const held = seeds.map((place) => heldAt(place)).filter((extent) => extent !== undefined);
  return {
    group,
    partitions: placed.length + seeds.length + withoutCopy.length,
    oldest: oldest.length,
    translated: placed.filter(({ metadata }) => metadata === SEEDED_TRANSLATED).length,
    without: seeds.length,
    withoutCopy: withoutCopy.length,
    hasMembers,
    rereadMaxRecords: sum(oldest.map((commit) => Math.max(0, (heldAt(commit)?.end ?? commit.offset) - commit.offset))),
    skippedMaxRecords: sum(held.map(({ start, end }) => end - start)),
  };
}

const weightOf = ({ rereadMaxRecords, skippedMaxRecords }: ReportedGroup): number =>
  rereadMaxRecords + skippedMaxRecords;

const NAMED_MAX = 5;

/** What a person has to know of it and can do about it; nothing where every group has its places. Pure. */
export function inWords({ others }: GroupReport): string | undefined {
  const without = others.filter((each) => each.without > 0);
  const lacking = others.filter((each) => each.withoutCopy > 0);
  const parts = [
    without.length > 0 &&
      `without a place to go on from: ${named(without, ({ skippedMaxRecords: most }) => `latest skips up to ${most} records`)}; ` +
        'set it with kafka-consumer-groups --reset-offsets while the group has no members, or let auto.offset.reset be earliest',
    lacking.length > 0 &&
      `consume what this site has no copy of: ${named(lacking, ({ withoutCopy }) => `${withoutCopy} partitions`)}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : parts.join('; ');
}

function named(groups: readonly ReportedGroup[], what: (group: ReportedGroup) => string): string {
  const first = groups.slice(0, NAMED_MAX).map((each) => `${each.group} (${what(each)})`);
  const rest = groups.length - first.length;
  return [...first, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}
