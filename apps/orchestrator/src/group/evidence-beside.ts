import type { LaidOut } from '#libs/audit';
import type { GroupId, Instant } from '#libs/domain';
import { keys, type Change, type Condition, type Transaction } from '#libs/journal';

/** As many chunks as go into one transaction beside everything else: etcd takes 1.5 MB. */
const CHUNKS_AT_ONCE = 8;

/** What a transaction that adds an entry needs besides, and what has to be in the journal before it. */
export interface Beside {
  readonly ahead: readonly Transaction[];
  readonly conditions: readonly Condition[];
  readonly changes: readonly Change[];
}

/**
 * Puts evidence that is too large for its entry beside the chain: with the entry where it fits, otherwise ahead of it,
 * under a mark that the entry's transaction takes away. What stays marked was never bound, and is swept.
 */
export function changesBeside(group: GroupId, sequence: number, { reference, chunks }: LaidOut, at: Instant): Beside {
  if (!reference) return { ahead: [], conditions: [], changes: [] };
  const { sha256 } = reference;
  const puts = chunks.map((value, chunk): Change => {
    const key = keys.auditEvidenceChunk(group, sequence, sha256, chunk);
    return { kind: 'put', key, value };
  });
  if (puts.length <= CHUNKS_AT_ONCE) return { ahead: [], conditions: [], changes: puts };
  const key = keys.looseEvidenceOf(group, sequence, sha256);
  const value = JSON.stringify({ prefix: keys.auditEvidence(group, sequence, sha256), at });
  const mark: Change = { kind: 'put', key, value };
  return {
    ahead: [{ conditions: [], changes: [mark] }, ...inBatches(puts)],
    conditions: [{ kind: 'equals', key, value }],
    changes: [{ kind: 'delete', key }],
  };
}

function inBatches(puts: readonly Change[]): readonly Transaction[] {
  const count = Math.ceil(puts.length / CHUNKS_AT_ONCE);
  return Array.from({ length: count }, (_, index) => ({
    conditions: [],
    changes: puts.slice(index * CHUNKS_AT_ONCE, (index + 1) * CHUNKS_AT_ONCE),
  }));
}
