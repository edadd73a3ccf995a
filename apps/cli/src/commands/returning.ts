import type { GroupStatus } from '#libs/contracts';
import type { Instant, ReturningSite, StrandedRange } from '#libs/domain';
import { duration, moment, table } from '../text.js';

const COLUMNS = ['GROUP', 'SITE', 'ROLE', 'STATE', 'STRANDED', 'SINCE'] as const;

/** The active site of every group that somebody comes back to, and how far each one is on its way. */
export const returningTable = (groups: readonly GroupStatus[], now: Instant): string => {
  const rows = groups.flatMap((group) => {
    const sites = Object.entries(group.returning ?? {});
    if (sites.length === 0) return [];
    return [
      [group.group, group.active, 'active', 'serving', '', ''],
      ...sites.map(([site, returning]) => [
        group.group,
        site,
        'returning',
        stateText(returning, group.protectedAfterMs, now),
        strandedText(returning),
        moment(returning.since),
      ]),
    ];
  });
  return rows.length === 0 ? '' : table(COLUMNS, rows);
};

const stateText = ({ phase, keepsUpSince }: ReturningSite, goalMs: number | undefined, now: Instant): string => {
  if (phase !== 'catching-up') return phase;
  if (keepsUpSince === undefined) return 'catching-up (lag above the RPO)';
  const goal = goalMs === undefined ? '' : ` of ${wholeSeconds(goalMs)}`;
  return `catching-up (lag under the RPO for ${wholeSeconds(Math.max(0, now - keepsUpSince))}${goal})`;
};

const wholeSeconds = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1_000)} s` : duration(ms));

/** Counted when the site has been taken in; nobody knows before. */
const strandedText = ({ stranded }: ReturningSite): string => (stranded ? String(stranded.records) : 'unknown');

/** Which records exactly, for `--verbose`: what to look at before the site is protected again. */
export const strandedTable = (groups: readonly GroupStatus[]): string => {
  const rows = groups.flatMap(({ group, returning }) =>
    Object.entries(returning ?? {}).flatMap(([site, { stranded }]) =>
      (stranded?.ranges ?? []).map((range) => [group, site, ...rangeCells(range)]),
    ),
  );
  return rows.length === 0 ? '' : table(['GROUP', 'SITE', 'TOPIC', 'PARTITION', 'FIRST', 'LAST', 'RECORDS'], rows);
};

/** In the journal the end is one past the last record. */
const rangeCells = ({ topic, partition, from, to }: StrandedRange): readonly string[] => [
  topic,
  String(partition),
  String(from),
  String(to - 1),
  String(to - from),
];
