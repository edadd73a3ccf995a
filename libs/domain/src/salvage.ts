import type { RunId } from './ids.js';
import type { Positions, StrandedRange } from './positions.js';

/**
 * What becomes of stranded records:
 * - `quarantined`: copied to a topic of their own at the site that serves, for people to look at;
 * - `replayed`: appended at the site that serves, to the topics they were written to;
 * - `discarded`: counted, and left where they are.
 */
export type SalvageAs = 'quarantined' | 'replayed' | 'discarded';

/**
 * Which stranded records are not replayed, where the site that serves has taken writes of the same key since:
 * - `keep-newest`: those that are older than such a write, or as old;
 * - `serving-site-wins`: all of that key;
 * - `keep-all`: none.
 */
export type SalvageConflicts = 'keep-newest' | 'serving-site-wins' | 'keep-all';

/** What is to become of the stranded records of one flow. Absolute: doing it twice is doing it once. */
export interface SalvageOrder {
  readonly as: SalvageAs;
  readonly group: string;
  /** The site that is back and holds them. */
  readonly site: string;
  /** The run that moved the group away from it: another one leaves another tail. */
  readonly leftBy: string;
  readonly conflicts: SalvageConflicts;
  readonly ranges: readonly StrandedRange[];
  /** Where the log of the site that serves ended when it was promoted, by its own names of the topics. */
  readonly watermark: Positions;
}

/** What became of the stranded records of one partition. `copied`, `superseded`, `alreadyThere` and `left` are all that were read. */
export interface SalvagedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Offsets at the site that is back: from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  readonly copied: number;
  /** Not replayed: the site that serves has something newer. */
  readonly superseded: number;
  /** The mirror had copied them before it could say so. */
  readonly alreadyThere: number;
  /** Counted and left where they are. */
  readonly left: number;
  /** Of transactions that were taken back: no records to anybody. */
  readonly aborted: number;
  /** SHA-256 over all that were read, one after the other. */
  readonly hash: string;
}

/** What was done with the stranded records of a site. */
export interface Salvaged {
  readonly as: SalvageAs;
  readonly run: RunId;
  /** Those that were in no other log. */
  readonly records: number;
  readonly copied: number;
  readonly superseded: number;
}
