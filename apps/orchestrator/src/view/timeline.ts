import type { TimelineRow } from '#libs/contracts';
import type { AuditEntry, Json } from '#libs/domain';

/**
 * What happened to a group, latest first: each decision and each thing that somebody did for itself, and what was looked at
 * in between, without anything following from it, together. `entries` are in the order of the chain. Pure.
 */
export function timelineOf(entries: readonly AuditEntry[]): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  for (const entry of entries) {
    const row = rowOf(entry);
    const before = rows.at(-1);
    if (before && isOnlyLooking(entry) && sameStanding(before, row)) rows[rows.length - 1] = together(before, row);
    else rows.push(row);
  }
  return rows.map((row, at) => ({ ...row, ...endOf(rows[at + 1]) })).toReversed();
}

const endOf = (next: TimelineRow | undefined) => next && { until: next.from };

/** Nobody did anything, and nothing follows. */
const isOnlyLooking = ({ actor, before, after, evidence }: AuditEntry): boolean =>
  actor.kind === 'process' && before === after && owesIn(evidence).length === 0;

const sameStanding = (one: TimelineRow, other: TimelineRow): boolean =>
  one.phase === other.phase && one.follows.length === 0 && one.vetoes.join() === other.vetoes.join() && !one.byPerson;

const together = (row: TimelineRow, { rules: [rule = ''] }: TimelineRow): TimelineRow => ({
  ...row,
  times: row.times + 1,
  rules: row.rules.includes(rule) ? row.rules : [...row.rules, rule],
});

function rowOf({ at, rule, after, actor, epoch, evidence }: AuditEntry): TimelineRow {
  return {
    from: at,
    phase: after,
    rules: [rule],
    times: 1,
    by: actor.id,
    byPerson: actor.kind === 'person',
    epoch,
    vetoes: listIn(evidence, 'vetoes')
      .map(({ name }) => name)
      .filter(isText),
    follows: owesIn(evidence),
  };
}

/** `start-run failover a → b`. */
const owesIn = (evidence: Json): readonly string[] =>
  listIn(evidence, 'owes').map(({ does, kind, from, to, outcome }) => {
    const between = isText(from) && isText(to) ? `${from} → ${to}` : undefined;
    return [does, kind, between, outcome].filter(isText).join(' ');
  });

const isText = (value: Json | undefined): value is string => typeof value === 'string';

type Said = Readonly<Record<string, Json | undefined>>;

const listIn = (evidence: Json, key: string): readonly Said[] => {
  const said = typeof evidence === 'object' && evidence !== null ? (evidence as Said)[key] : undefined;
  return Array.isArray(said) ? (said as readonly Said[]) : [];
};
