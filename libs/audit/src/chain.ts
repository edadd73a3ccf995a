import { hashOf } from '#libs/contracts';
import { invariant, type AuditEntry } from '#libs/domain';

/** The end of a chain: what the next entry is linked to. An entry is one. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first entry. */
export const GENESIS: ChainHead = { sequence: 0, hash: '0'.repeat(64) };

export type AuditDraft = Omit<AuditEntry, 'sequence' | 'evidenceHash' | 'previous' | 'hash'>;

/** Appends: the entry binds everything before it through `previous`, so that no earlier one can change unseen. */
export function chain(head: ChainHead, draft: AuditDraft): AuditEntry {
  invariant(!('hash' in draft), 'An entry is chained once.');
  const unhashed = {
    ...draft,
    sequence: head.sequence + 1,
    evidenceHash: hashOf(draft.evidence),
    previous: head.hash,
  };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** Why `entry` cannot follow `head`, or `undefined`. `entry` is as it was parsed, so that nothing in it goes unhashed. */
export function linkProblem(head: ChainHead, entry: AuditEntry): string | undefined {
  const { hash, ...unhashed } = entry;
  if (hashOf(unhashed) !== hash) return 'its hash is not the hash of its content';
  if (hashOf(entry.evidence) !== entry.evidenceHash) return 'its evidence is not the evidence it was hashed with';
  if (entry.sequence !== head.sequence + 1) return `sequence ${entry.sequence} follows ${head.sequence}`;
  if (entry.previous !== head.hash) return `it is not linked to entry ${head.sequence}`;
  return undefined;
}
