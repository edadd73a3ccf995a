import { createHash } from 'node:crypto';
import type { StrandedRange } from '#libs/domain';
import { isReplayed } from './judge.js';
import type { LaidDown } from './segment-log.js';
import type { TopicIds } from './site-logs.js';
import { COMPACTED, TOPICS } from './topics.js';

/** Both logs after the way home, with replication the way it was at first and nothing left to copy. */
export interface Home {
  readonly atA: readonly LaidDown[];
  readonly atB: readonly LaidDown[];
  /** What was found stranded at a, by the offsets of its log; none after a planned move. */
  readonly tail: readonly StrandedRange[];
  /** What a client was not told of may come late, of an attempt that it had given up. */
  readonly ackedIds: ReadonlySet<string>;
  /** At first and in the end. */
  readonly idsBefore: TopicIds;
  readonly idsAfter: TopicIds;
}

export interface HomeReport {
  /** Of what was compared, the tail aside: both sites came to it. */
  readonly contentSha256: string;
  readonly comparedRecords: number;
  /** `orders-0`, where the sites do not hold the same. */
  readonly different: readonly string[];
  /** Ids that a site holds more than once. */
  readonly heldTwice: number;
  /**
   * Acknowledged records that stand behind a later one of their writer in a partition, or of their key where only the
   * latest is kept. Elsewhere what was replayed stands aside: it comes behind what was written since.
   */
  readonly outOfOrder: number;
  /** Partitions of topics that were deleted on the way. */
  readonly wiped: readonly string[];
}

const placeOf = ({ topic, partition }: Pick<LaidDown, 'topic' | 'partition'>): string => `${topic}-${partition}`;

/** Whether both sites hold the same, in the same order, but for what was stranded; by what lies in their files. */
export function compareHome({ atA, atB, tail, ackedIds, idsBefore, idsAfter }: Home): HomeReport {
  const isInTail = (record: LaidDown): boolean =>
    tail.some(
      ({ topic, partition, from, to }) =>
        topic === record.topic && partition === record.partition && record.offset >= from && record.offset < to,
    );
  const tailIds = new Set(atA.filter(isInTail).map(({ id }) => id));
  const a = contents(atA.filter((record) => !isInTail(record)));
  // The mirror had copied some of it without having said so: then it was not replayed, and lies where it belongs.
  const b = contents(atB.filter((record) => !isReplayed(record) && !tailIds.has(record.id)));
  const places = TOPICS.flatMap(({ topic, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => placeOf({ topic, partition })),
  );
  const latest = [latestByKey(atA), latestByKey(atB)] as const;
  return {
    contentSha256: sha256(places.map((place) => `${place} ${sha256(a.get(place) ?? [])}`)),
    comparedRecords: [...a.values()].reduce((sum, { length }) => sum + length, 0),
    different: [
      ...places.filter((place) => sha256(a.get(place) ?? []) !== sha256(b.get(place) ?? [])),
      ...[...latest[0].keys()].filter((key) => latest[0].get(key) !== latest[1].get(key)),
    ],
    heldTwice: heldTwice(atA) + heldTwice(atB),
    outOfOrder: [atA, atB].reduce((sum, log) => sum + outOfOrder(log.filter(({ id }) => ackedIds.has(id))), 0),
    wiped: Object.keys(idsBefore).filter((place) => idsBefore[place] !== idsAfter[place]),
  };
}

/** What is wrong, in words; empty when nothing is. */
export const problemsOf = ({
  different,
  heldTwice: twice,
  outOfOrder: behind,
  wiped,
}: HomeReport): readonly string[] => [
  ...(different.length === 0 ? [] : [`the sites differ in ${different.join(', ')}`]),
  ...(twice === 0 ? [] : [`${twice} records are in a log twice`]),
  ...(behind === 0 ? [] : [`${behind} records stand behind later ones`]),
  ...(wiped.length === 0 ? [] : [`${wiped.join(', ')} were deleted on the way`]),
];

/** Record by record, of each partition of a topic that is not compacted: where it is, each site keeps what it likes. */
const contents = (log: readonly LaidDown[]): ReadonlyMap<string, readonly string[]> => {
  const lines = log
    .filter(({ topic }) => topic !== COMPACTED)
    .map((record) => ({ place: placeOf(record), line: lineOf(record) }));
  return new Map(
    [...Map.groupBy(lines, ({ place }) => place)].map(([place, own]) => [place, own.map(({ line }) => line)]),
  );
};

const lineOf = ({ key, id, timestamp, headers }: LaidDown): string => JSON.stringify([key, id, timestamp, headers]);

const sha256 = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

/** `orders-state key-7` → the id of its last record. */
const latestByKey = (log: readonly LaidDown[]): ReadonlyMap<string, string> =>
  new Map(log.filter(({ topic }) => topic === COMPACTED).map(({ topic, key, id }) => [`${topic} ${key}`, id]));

function heldTwice(log: readonly LaidDown[]): number {
  const times = new Map<string, number>();
  for (const { id } of log) times.set(id, (times.get(id) ?? 0) + 1);
  return [...times.values()].filter((count) => count > 1).length;
}

/** Ids count up for each writer; those of a key in the compacted topic follow by their timestamps, replayed or not. */
function outOfOrder(log: readonly LaidDown[]): number {
  const last = new Map<string, number>();
  let behind = 0;
  for (const record of log) {
    const isState = record.topic === COMPACTED;
    if (isReplayed(record) && !isState) continue;
    const [writer = '', sequence = '0'] = record.id.split(/-(?=\d+$)/);
    const lane = `${placeOf(record)} ${isState ? record.key : writer}`;
    const at = isState ? record.timestamp : Number(sequence);
    if (at < (last.get(lane) ?? 0)) behind += 1;
    last.set(lane, Math.max(at, last.get(lane) ?? 0));
  }
  return behind;
}
