import type { AuditEntry, GroupId } from '#libs/domain';
import { GENESIS, linkProblem, type ChainHead } from './chain.js';

export type ChainVerdict =
  | { readonly ok: true; readonly entries: number; readonly head: ChainHead }
  | {
      readonly ok: false;
      /** The sequence the first bad entry has, or should have. */
      readonly sequence: number;
      readonly reason: string;
    };

/** Checks every link from `from` on, and stops at the first one that does not hold. */
export function verifyChain(entries: readonly AuditEntry[], from: ChainHead = GENESIS): ChainVerdict {
  let head = from;
  let group: GroupId | undefined;
  for (const entry of entries) {
    const sequence = head.sequence + 1;
    group ??= entry.group;
    const reason = entry.group === group ? linkProblem(head, entry) : `it is of group ${entry.group}, not of ${group}`;
    if (reason !== undefined) return { ok: false, sequence, reason };
    head = { sequence: entry.sequence, hash: entry.hash };
  }
  return { ok: true, entries: entries.length, head };
}
