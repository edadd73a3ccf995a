import type { KafkaSite, Ledger, RecordId } from './ledger.js';

/** What the independent readers found: every occurrence, in the order of the log. */
export interface Logs {
  readonly a: readonly RecordId[];
  readonly b: readonly RecordId[];
}

export interface Counts {
  readonly ackedRecords: number;
  /** Acknowledged, and in B's log. */
  readonly deliveredRecords: number;
  /** Acknowledged, in A's log, and not in B's. */
  readonly strandedRecords: number;
  /** Sent and never acknowledged. */
  readonly unackedRecords: number;
  /** Of those, the ones that A appended all the same. */
  readonly appendedUnackedAtA: number;
  /** Further copies of a record in B's log. */
  readonly duplicateRecords: number;
  /** Acknowledged, and in neither log: there must be none. */
  readonly missingRecords: readonly RecordId[];
}

/** Every number is counted over what a client or a reader saw; none is the rest of a subtraction. */
export const count = (ledger: Ledger, logs: Logs): Counts => {
  const atA = new Set(logs.a);
  const atB = new Set(logs.b);
  const unacked = new Set(ledger.unacknowledged.map(({ id }) => id));
  return {
    ackedRecords: ledger.acknowledged.length,
    deliveredRecords: counted(atB, (id) => ledger.isAcknowledged(id)),
    strandedRecords: counted(atA, (id) => ledger.isAcknowledged(id) && !atB.has(id)),
    unackedRecords: unacked.size,
    appendedUnackedAtA: counted(atA, (id) => unacked.has(id)),
    duplicateRecords: copies(logs.b),
    missingRecords: ledger.acknowledged.map(({ id }) => id).filter((id) => !atA.has(id) && !atB.has(id)),
  };
};

/** What runs that people asked for left in the logs, over the whole demo. */
export interface MovedCounts {
  readonly ackedRecords: number;
  /** Acknowledged, and in the log of the site that is active at the end. */
  readonly deliveredRecords: number;
  /** Acknowledged, and not in that log: there must be none. */
  readonly lostRecords: number;
  /** Further copies of a record in A's log and in B's. */
  readonly copiedTwice: number;
}

export const countMoved = (ledger: Ledger, logs: Logs, active: KafkaSite): MovedCounts => {
  const there = new Set(logs[active]);
  return {
    ackedRecords: ledger.acknowledged.length,
    deliveredRecords: counted(there, (id) => ledger.isAcknowledged(id)),
    lostRecords: ledger.acknowledged.filter(({ id }) => !there.has(id)).length,
    copiedTwice: copies(logs.a) + copies(logs.b),
  };
};

/** Records that only A's log holds, whoever wrote them and whether they were acknowledged or not. */
export const onlyAtA = ({ a, b }: Logs): number => {
  const atB = new Set(b);
  return a.filter((id) => !atB.has(id)).length;
};

const counted = (ids: ReadonlySet<RecordId>, holds: (id: RecordId) => boolean): number =>
  [...ids].filter((id) => holds(id)).length;

const copies = (ids: readonly RecordId[]): number => {
  const seen = new Set<RecordId>();
  return ids.filter((id) => seen.size === seen.add(id).size).length;
};

/** What does not add up, in words; empty when everything does. */
export const imbalance = (counts: Counts): string[] => {
  const { ackedRecords, deliveredRecords, strandedRecords, missingRecords } = counts;
  return [
    ...(ackedRecords === deliveredRecords + strandedRecords
      ? []
      : [`${ackedRecords} acknowledged are not ${deliveredRecords} delivered and ${strandedRecords} stranded`]),
    ...(missingRecords.length === 0
      ? []
      : [`${missingRecords.length} acknowledged are in no log, e.g. ${missingRecords.slice(0, 5).join(', ')}`]),
  ];
};
