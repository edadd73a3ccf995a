import { createHash } from 'node:crypto';
import { invariant } from '#libs/domain';
import canonicalize from 'canonicalize';

/** RFC 8785: one text per value, whatever the order of its keys. What hashes and signatures cover. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  invariant(text !== undefined, 'Only what JSON can hold has a canonical form.');
  return text;
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Binds an approval, a resumption or an audit entry to exactly this value. */
export const hashOf = (value: unknown): string => sha256Hex(canonicalJson(value));
