import { createHash } from 'node:crypto';
import { invariant } from '#libs/domain';
import canonicalize from 'canonicalize';
import type { Topology } from './topology.js';

/** Equal exactly when two processes run by the same document; comments and key order do not count. */
export function topologyHash(topology: Topology): string {
  const text = canonicalize(topology);
  invariant(text, 'A topology has a canonical form.');
  return createHash('sha256').update(text).digest('hex');
}
