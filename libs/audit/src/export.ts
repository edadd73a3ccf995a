import { canonicalJson, hashOf, signatureOf, type SigningKey } from '#libs/contracts';
import { groupId, instant, siteId, type AuditEntry, type GroupId, type Instant, type SiteId } from '#libs/domain';
import { z } from 'zod';
import { GENESIS } from './chain.js';

export const EXPORT_FORMAT = 'signalbox.audit-export.v1';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** First line of an export. Says where the chain ends, so that a shortened export is noticed. */
export const ExportHeader = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  group: z.string().transform(groupId),
  /** Sequence of the first entry, and what it is linked to; 1 and zeros for a whole chain. */
  first: z.int().positive(),
  previous: Hash,
  /** Sequence and hash of the last entry. */
  last: z.int().nonnegative(),
  head: Hash,
  exportedAt: z.int().transform(instant),
  exportedBy: z.string().transform(siteId),
  topologyHash: z.string(),
  keyId: z.string().optional(),
  /** Ed25519 over all of the header but itself and `hash`. Who can rewrite a whole chain cannot forge this. */
  signature: z.string().optional(),
  /** Over all of the header but itself. */
  hash: Hash,
});
export type ExportHeader = z.infer<typeof ExportHeader>;

export interface ExportOrigin {
  readonly exportedAt: Instant;
  readonly exportedBy: SiteId;
  readonly topologyHash: string;
  readonly key?: SigningKey;
}

/** JSON lines, each in its canonical form and ended by a line feed: what is kept is what is verified, byte for byte. */
export function exportChain(group: GroupId, entries: readonly AuditEntry[], origin: ExportOrigin): string {
  const { key, ...about } = origin;
  const [first, last] = [entries[0], entries.at(-1)];
  const unsigned = {
    format: EXPORT_FORMAT,
    group,
    first: first?.sequence ?? 1,
    previous: first?.previous ?? GENESIS.hash,
    last: last?.sequence ?? 0,
    head: last?.hash ?? GENESIS.hash,
    ...about,
    ...(key ? { keyId: key.keyId } : {}),
  };
  const signed = key ? { ...unsigned, signature: signatureOf(unsigned, key) } : unsigned;
  const header = { ...signed, hash: hashOf(signed) };
  return [header, ...entries].map((line) => `${canonicalJson(line)}\n`).join('');
}
