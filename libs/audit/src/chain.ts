import { hashOf } from '#libs/contracts';
import {
  invariant,
  type AuditEntry,
  type ChainEnd,
  type ChainLink,
  type ChainName,
  type SiteAuditEntry,
} from '#libs/domain';

/** The end of a chain: what the next entry is linked to. An entry is one. */
export type ChainHead = ChainEnd;

/** Before the first entry. */
export const GENESIS: ChainHead = { sequence: 0, hash: '0'.repeat(64) };

/** An entry of whichever chain. */
export type AnyEntry = AuditEntry | SiteAuditEntry;
type Unlinked<Entry extends ChainLink> = Omit<Entry, 'sequence' | 'evidenceHash' | 'previous' | 'hash'>;
export type AuditDraft = Unlinked<AuditEntry>;
export type SiteAuditDraft = Unlinked<SiteAuditEntry>;

export const chainOf = (entry: Pick<AuditEntry, 'group'> | Pick<SiteAuditEntry, 'site'>): ChainName =>
  'group' in entry ? `groups/${entry.group}` : `sites/${entry.site}`;

/** Appends: the entry binds everything before it through `previous`, so that no earlier one can change unseen. */
export function chain<Draft extends AuditDraft | SiteAuditDraft>(head: ChainHead, draft: Draft): Draft & ChainLink {
  invariant(!('hash' in draft), 'An entry is chained once.');
  const unhashed = {
    ...draft,
    sequence: head.sequence + 1,
    evidenceHash: hashOf(draft.evidence),
    previous: head.hash,
  };
  return { ...unhashed, hash: hashOf(unhashed) } as Draft & ChainLink;
}

/** Why `entry` cannot follow `head`, or `undefined`. `entry` is as it was parsed, so that nothing in it goes unhashed. */
export function linkProblem(head: ChainHead, entry: ChainLink): string | undefined {
  const { hash, ...unhashed } = entry;
  if (hashOf(unhashed) !== hash) return 'its hash is not the hash of its content';
  if (hashOf(entry.evidence) !== entry.evidenceHash) return 'its evidence is not the evidence it was hashed with';
  if (entry.sequence > head.sequence + 1) return `it is missing: entry ${entry.sequence} follows ${nameOf(head)}`;
  if (entry.sequence <= head.sequence) return `entry ${entry.sequence} follows ${nameOf(head)}`;
  if (entry.previous !== head.hash) return `it is not linked to entry ${head.sequence}`;
  return undefined;
}

const nameOf = ({ sequence }: ChainHead): string => (sequence === 0 ? 'the start' : `entry ${sequence}`);
