import { canonicalJson, HashWire, sha256Hex } from '#libs/contracts';
import type { Json } from '#libs/domain';
import { z } from 'zod';

/** More than this does not stand in an entry. */
export const EVIDENCE_MAX_BYTES = 65_536;

const ReferenceWire = z.strictObject({
  chunkedEvidence: z.strictObject({
    /** Of the canonical JSON of the evidence: the texts of its chunks, one after the other. */
    sha256: HashWire,
    bytes: z.int().positive(),
    chunks: z.int().positive(),
  }),
});
export type EvidenceReference = z.infer<typeof ReferenceWire>['chunkedEvidence'];

/** What stands in the entry, and what lies beside the chain when the evidence is too large for it. */
export interface LaidOut {
  readonly evidence: Json;
  readonly reference?: EvidenceReference;
  readonly chunks: readonly string[];
}

/** The entry binds the chunks: its hash covers the reference, and the reference their hash and size. */
export function layOut(evidence: Json): LaidOut {
  const text = canonicalJson(evidence);
  const bytes = Buffer.byteLength(text);
  if (bytes <= EVIDENCE_MAX_BYTES) return { evidence, chunks: [] };
  const chunks = chunksOf(Buffer.from(text));
  const reference = { sha256: sha256Hex(text), bytes, chunks: chunks.length };
  return { evidence: { chunkedEvidence: reference }, reference, chunks };
}

/** Where an entry's evidence lies, when it does not stand in the entry. */
export function referenceIn(evidence: Json): EvidenceReference | undefined {
  const read = ReferenceWire.safeParse(evidence);
  return read.success ? read.data.chunkedEvidence : undefined;
}

/** The evidence, when these are its chunks: all of them, in order, as they were written. */
export function gather({ sha256, chunks: count }: EvidenceReference, chunks: readonly string[]): Json | undefined {
  const text = chunks.join('');
  return chunks.length === count && sha256Hex(text) === sha256 ? (JSON.parse(text) as Json) : undefined;
}

/** Texts of at most `EVIDENCE_MAX_BYTES` in UTF-8, none of which ends in the middle of a character. */
function chunksOf(bytes: Buffer): readonly string[] {
  const chunks: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + EVIDENCE_MAX_BYTES, bytes.length);
    while (end < bytes.length && isInsideCharacter(bytes[end])) end -= 1;
    chunks.push(bytes.subarray(start, end).toString('utf8'));
    start = end;
  }
  return chunks;
}

const isInsideCharacter = (byte = 0): boolean => (byte & 0xc0) === 0x80;
