import { createHash } from 'node:crypto';
import { invariant } from '#libs/domain';
import canonicalize from 'canonicalize';

/**
 * RFC 8785: one text per value, whatever the order of its keys; what hashes and signatures cover. `undefined` for
 * what has none: JSON can spell numbers that are infinite (`1e999`) and halves of surrogate pairs.
 */
export function canonicalOf(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}

/** The canonical form of a value of our own making. */
export function canonicalJson(value: unknown): string {
  const text = canonicalOf(value);
  invariant(text !== undefined, 'Only finite numbers and well-formed texts have a canonical form.');
  return text;
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Binds an approval, a resumption or an audit entry to exactly this value. */
export const hashOf = (value: unknown): string => sha256Hex(canonicalJson(value));
