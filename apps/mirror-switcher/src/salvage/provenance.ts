import { headerOf, SALVAGED_FROM, type StoredWholeRecord, type WholeHeader, type WholeRecord } from '#libs/kafka';

/** Where a copy came from: in it, where nobody can lose it. Whoever reads may tell by these that it came late. */
export const ORIGIN = 'signalbox.origin-';
export const ORIGIN_SITE = SALVAGED_FROM;

export interface Origin {
  readonly site: string;
  readonly topic: string;
  readonly partition: number;
  /** The run that left the site. */
  readonly leftBy: string;
}

/** The record as it was, with where it lay. Its timestamp stays its own, and stands in a header for topics that set another. */
export function withOrigin(record: StoredWholeRecord, { site, topic, partition, leftBy }: Origin): WholeRecord {
  const { key, value, timestamp, offset, headers } = record;
  const origin = { site, topic, partition, offset, timestamp, run: leftBy };
  const added = Object.entries(origin).map(([name, text]): WholeHeader => [
    Buffer.from(ORIGIN + name),
    Buffer.from(String(text)),
  ]);
  return { key, value, timestamp, headers: [...headers, ...added] };
}

/** Whether a record is a copy that a salvage made. */
export const isSalvaged = (record: Pick<WholeRecord, 'headers'>): boolean =>
  headerOf(record, ORIGIN_SITE) !== undefined;

/** Headers that a copy was given, and that are no part of what it is a copy of. */
export const isOfOrigin = (header: Buffer): boolean => header.toString('latin1').startsWith(ORIGIN);
