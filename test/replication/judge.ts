import type { Sent } from './load-writers.js';
import type { LaidDown } from './segment-log.js';
import { COMPACTED } from './topics.js';

/** What both logs held, and what was salvaged in between. */
export interface Seen {
  readonly acked: readonly Sent[];
  readonly abortedIds: ReadonlySet<string>;
  /** Site a once it was back and fenced. */
  readonly atA: readonly LaidDown[];
  /** Site b before and after the salvage. */
  readonly atB: readonly LaidDown[];
  readonly afterwards: readonly LaidDown[];
}

export interface Counts {
  readonly ackedRecords: number;
  readonly atB: number;
  /** Acknowledged, in the log of a, and not in that of b. */
  readonly stranded: number;
  /** In the log of a and not in that of b, acknowledged or not. */
  readonly trueTail: number;
  /** Acknowledged, and in neither log. */
  readonly missing: number;
  /** Acknowledged, and not in the log of b after the salvage. */
  readonly lostAfterwards: number;
  readonly copiedTwice: number;
  /** Of transactions that were taken back, in the log of b. */
  readonly abortedAtB: number;
  readonly salvaged: number;
}

const ORIGIN = 'signalbox.origin-site';

/** A salvage has put it there. */
export const isReplayed = ({ headers }: LaidDown): boolean => headers.includes(ORIGIN);

/** Counts by what clients and files say; nothing is the rest of a subtraction. */
export function count({ acked, abortedIds, atA, atB, afterwards }: Seen): Counts {
  const [inA, inB, inB2] = [holdings(atA), holdings(atB), holdings(afterwards)];
  const ids = new Map<string, number>();
  const replayedBefore = new Set(atB.filter(isReplayed).map(({ id }) => id));
  for (const { id } of afterwards) ids.set(id, (ids.get(id) ?? 0) + 1);
  return {
    ackedRecords: acked.length,
    atB: acked.filter(inB).length,
    stranded: acked.filter((record) => !inB(record) && inA(record)).length,
    trueTail: atA.filter((record) => !inB({ ...record, at: record.timestamp })).length,
    missing: acked.filter((record) => !inB(record) && !inA(record)).length,
    lostAfterwards: acked.filter((record) => !inB2(record)).length,
    copiedTwice: [...ids.values()].filter((times) => times > 1).length,
    abortedAtB: afterwards.filter(({ id }) => abortedIds.has(id)).length,
    salvaged: afterwards.filter((record) => isReplayed(record) && !replayedBefore.has(record.id)).length,
  };
}

/** A log holds a record, or a later one of its key where only the latest of each is kept. */
export function holdings(log: readonly LaidDown[]): (record: Pick<Sent, 'topic' | 'key' | 'id' | 'at'>) => boolean {
  const ids = new Set(log.map(({ id }) => id));
  const latest = new Map<string, number>();
  for (const { topic, key, timestamp } of log)
    if (topic === COMPACTED) latest.set(key, Math.max(latest.get(key) ?? 0, timestamp));
  return ({ topic, key, id, at }) => ids.has(id) || (topic === COMPACTED && (latest.get(key) ?? -1) >= at);
}

/** What is wrong, in words; empty when nothing is. */
export const violationsOf = (counts: Counts): readonly string[] => [
  ...(counts.missing === 0 ? [] : [`${counts.missing} acknowledged records are in no log`]),
  ...(counts.ackedRecords === counts.atB + counts.stranded
    ? []
    : [`${counts.ackedRecords} acknowledged are not ${counts.atB} at b and ${counts.stranded} stranded`]),
  ...(counts.lostAfterwards === 0 ? [] : [`${counts.lostAfterwards} acknowledged records are lost after the salvage`]),
  ...(counts.copiedTwice === 0 ? [] : [`${counts.copiedTwice} records are in the log of b twice`]),
  ...(counts.abortedAtB === 0 ? [] : [`${counts.abortedAtB} records of aborted transactions are in the log of b`]),
];
