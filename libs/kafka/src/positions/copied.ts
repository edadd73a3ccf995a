import type { SyncPoint } from './sync-trail.js';

/** What both sides tell of one partition. Offsets are one past the last record. */
export interface CopyEvidence {
  readonly sourceEnd: number;
  /** Connect's own record. */
  readonly stored?: number;
  readonly sync?: SyncPoint;
  /** Asked for before the syncs were read: what was copied twice must not be counted before its sync is seen. */
  readonly targetEnd?: number;
  /** Transactions at the target leave markers between the records: then its end is not counted by. */
  readonly isTransactional: boolean;
}

/** How far a partition was copied, for certain and as far as can be told. */
export interface Copied {
  readonly copiedAtLeast: number;
  readonly copied: number;
}

/**
 * Never more than was copied. What the mirror told is certain: the record of a sync, the record that Connect stored. Beyond
 * it the records at the target are counted, where each can only stand for one or more of the source: compaction and
 * markers at the source make that too few, never too many. A count beyond the source's end disproves itself.
 */
export function copiedOf({ sourceEnd, stored = 0, sync, targetEnd, isTransactional }: CopyEvidence): Copied {
  const told = Math.max(stored, sync?.copiedAtLeast ?? 0);
  const copiedAtLeast = Math.min(told, sourceEnd);
  if (!sync?.isCountable || isTransactional || targetEnd === undefined || Number.isNaN(targetEnd))
    return { copiedAtLeast, copied: copiedAtLeast };
  const counted = sync.copiedAtLeast + targetEnd - (sync.downstream + 1);
  return { copiedAtLeast, copied: counted > sourceEnd ? copiedAtLeast : Math.max(counted, copiedAtLeast) };
}
