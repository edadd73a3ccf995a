import { canonicalJson, openFlowPositions, RpoCertificateWire, type Keyring } from '#libs/contracts';
import type { Json } from '#libs/domain';
import { rpoCertificate } from './rpo-certificate.js';

/** Rules of the entries that hold a certificate: made when the failover began, and again when the old site was fenced. */
export const RPO_RULES: readonly string[] = ['rpo-certified', 'rpo-closed'];

/**
 * Why the certificate in an entry's evidence does not hold: the positions are not what their site signed, or the numbers
 * do not follow from them. Without a keyring the signature is not checked.
 */
export function rpoProblem(rule: string, evidence: Json, keyring: Keyring | undefined): string | undefined {
  if (!RPO_RULES.includes(rule)) return undefined;
  const { certificates } = (evidence ?? {}) as { readonly certificates?: Json };
  if (!Array.isArray(certificates)) return 'it names no certificate';
  for (const one of certificates as readonly Json[]) {
    const problem = problemOf(one, keyring);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(one: Json, keyring: Keyring | undefined): string | undefined {
  const read = RpoCertificateWire.safeParse(one);
  if (!read.success) return 'its certificate is not laid out as one';
  const { run, from, certifiedAt: at, isOpen, fencedAt, positions } = read.data;
  const again = rpoCertificate(positions, { run, from, at, isOpen, ...(fencedAt !== undefined && { fencedAt }) });
  if (canonicalJson(again) !== canonicalJson(one))
    return `the certificate of ${positions.flow} does not follow from its positions`;
  if (!keyring) return undefined;
  const opened = openFlowPositions(JSON.stringify(positions), keyring, `the positions of ${positions.flow}`);
  return opened.ok ? undefined : opened.problem.message;
}
