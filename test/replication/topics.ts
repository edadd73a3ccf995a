/** What the lab mirrors here: three topics, twelve partitions, one written in transactions and one compacted. */
export const PLAIN = 'orders';
export const TRANSACTIONAL = 'orders-ledger';
export const COMPACTED = 'orders-state';

export const TOPICS = [
  { topic: PLAIN, partitions: 3 },
  { topic: TRANSACTIONAL, partitions: 6 },
  { topic: COMPACTED, partitions: 3, compacted: true },
] as const;

/** Of which each record is there for as long as anybody may want to read it. */
export const READ_IN_FULL: readonly string[] = [PLAIN, TRANSACTIONAL];
