import { canonicalJson, CheckpointWire, hashOf, HashWire, signatureOf, type SigningKey } from '#libs/contracts';
import {
  groupId,
  instant,
  siteId,
  type AuditEntry,
  type Checkpoint,
  type GroupId,
  type Instant,
  type SiteAuditEntry,
  type SiteId,
} from '#libs/domain';
import { z } from 'zod';
import { GENESIS, type AnyEntry } from './chain.js';

export const EXPORT_FORMAT = 'signalbox.audit-export.v1';

/** First line of an export. Says where the chain ends, so that a shortened export is noticed. */
export const ExportHeader = z
  .strictObject({
    format: z.literal(EXPORT_FORMAT),
    /** Whose chain it is: a group's, or else a site's. */
    group: z.string().transform(groupId).optional(),
    site: z.string().transform(siteId).optional(),
    /** Sequence of the first entry, and what it is linked to; 1 and zeros for a whole chain. */
    first: z.int().positive(),
    previous: HashWire,
    /** Sequence and hash of the last entry. */
    last: z.int().nonnegative(),
    head: HashWire,
    exportedAt: z.int().transform(instant),
    exportedBy: z.string().transform(siteId),
    /** Of the journal, when it was read: older checkpoints name nothing that is not here. */
    revision: z.int().nonnegative().optional(),
    /** What the sites had signed by then. */
    checkpoints: z.array(CheckpointWire).optional(),
    topologyHash: z.string(),
    keyId: z.string().optional(),
    /** Ed25519 over all of the header but itself and `hash`. Who can rewrite a whole chain cannot forge this. */
    signature: z.string().optional(),
    /** Over all of the header but itself. */
    hash: HashWire,
  })
  .refine(({ group, site }) => (group === undefined) !== (site === undefined), 'of one group, or of one site');
export type ExportHeader = z.infer<typeof ExportHeader>;

export const EVIDENCE_FORMAT = 'signalbox.audit-evidence.v1';

/** A part of evidence that is too large for its entry: these lines follow the entries. */
export const EvidenceLine = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT),
  /** Of the whole, as the entry names it. */
  sha256: HashWire,
  /** From 0. */
  chunk: z.int().nonnegative(),
  text: z.string(),
});
export type EvidenceLine = z.infer<typeof EvidenceLine>;

export interface ExportOrigin {
  readonly exportedAt: Instant;
  readonly exportedBy: SiteId;
  readonly topologyHash: string;
  readonly revision?: number;
  readonly checkpoints?: readonly Checkpoint[];
  readonly key?: SigningKey;
}

/** What lies beside a chain, for those of its entries that say so. */
export type Beside = readonly Omit<EvidenceLine, 'format'>[];

/** JSON lines, each in its canonical form and ended by a line feed: what is kept is what is verified, byte for byte. */
export const exportChain = (
  group: GroupId,
  entries: readonly AuditEntry[],
  origin: ExportOrigin,
  beside: Beside = [],
): string => chainLines({ group }, entries, origin, beside);

/** As `exportChain`, of what was asked of a site's orchestrators. */
export const exportSiteChain = (site: SiteId, entries: readonly SiteAuditEntry[], origin: ExportOrigin): string =>
  chainLines({ site }, entries, origin, []);

/** One line, in the form that is hashed, signed and verified. */
export const lineOf = (value: object): string => `${canonicalJson(value)}\n`;

export const evidenceLine = (chunk: Beside[number]): string => lineOf({ format: EVIDENCE_FORMAT, ...chunk });

function chainLines(
  subject: { readonly group: GroupId } | { readonly site: SiteId },
  entries: readonly AnyEntry[],
  origin: ExportOrigin,
  beside: Beside,
): string {
  const { key, ...about } = origin;
  const [first, last] = [entries[0], entries.at(-1)];
  const unsigned = {
    format: EXPORT_FORMAT,
    ...subject,
    first: first?.sequence ?? 1,
    previous: first?.previous ?? GENESIS.hash,
    last: last?.sequence ?? 0,
    head: last?.hash ?? GENESIS.hash,
    ...about,
    ...(key ? { keyId: key.keyId } : {}),
  };
  const signed = key ? { ...unsigned, signature: signatureOf(unsigned, key) } : unsigned;
  const header = { ...signed, hash: hashOf(signed) };
  return [...[header, ...entries].map(lineOf), ...beside.map(evidenceLine)].join('');
}
