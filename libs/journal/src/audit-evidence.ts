import { gather, referenceIn } from '#libs/audit';
import type { AuditEntry, Json } from '#libs/domain';
import type { Journal } from './journal.js';
import { keys } from './keys.js';

type WithEvidence = Pick<AuditEntry, 'group' | 'sequence' | 'evidence'>;

/** The chunks of evidence that lies beside the chain, in order; none where it stands in the entry. @throws SignalboxError */
export async function evidenceChunks(
  journal: Journal,
  { group, sequence, evidence }: WithEvidence,
): Promise<readonly string[]> {
  const reference = referenceIn(evidence);
  if (!reference) return [];
  const { entries } = await journal.read(keys.auditEvidence(group, sequence, reference.sha256));
  return entries.map(({ value }) => value);
}

/** An entry's evidence, wherever it lies; where it lies when it is not there as it was written. @throws SignalboxError */
export async function evidenceOf(journal: Journal, entry: WithEvidence): Promise<Json> {
  const reference = referenceIn(entry.evidence);
  if (!reference) return entry.evidence;
  return gather(reference, await evidenceChunks(journal, entry)) ?? entry.evidence;
}
