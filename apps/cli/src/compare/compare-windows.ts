import { createHash } from 'node:crypto';
import type { WindowRecord } from './record-window.js';

/** Two records that should be one and the same, or one that has no counterpart. */
export interface Difference {
  readonly source: WindowRecord | null;
  readonly target: WindowRecord | null;
}

/** What two windows of the same partition say of each other. */
export interface WindowComparison {
  /** Equal ones, in the same order, from the first that both windows have. */
  readonly equal: number;
  /** SHA-256 over these, one after the other: the same at both sides. */
  readonly hash: string;
  /** Behind them, at the source alone: not copied yet. */
  readonly notCopied: number;
  /** At the target alone: copies that a salvage made there. */
  readonly salvaged: number;
  /** The first; absent when there is none. */
  readonly difference?: Difference;
}

/**
 * Compares in order, from the first record that both windows have on. They end at different moments and begin at different
 * offsets, so only what lies between counts. Pure.
 */
export function compareWindows(source: readonly WindowRecord[], target: readonly WindowRecord[]): WindowComparison {
  const copies = target.filter(({ isSalvaged }) => !isSalvaged);
  const salvaged = target.length - copies.length;
  const [from, to] = commonStart(source, copies);
  const hash = createHash('sha256');
  let equal = 0;
  for (;;) {
    const [one, other] = [source[from + equal], copies[to + equal]];
    if (!one || !other || one.fingerprint !== other.fingerprint) break;
    hash.update(one.fingerprint);
    equal += 1;
  }
  const [one = null, other = null] = [source[from + equal], copies[to + equal]];
  const isDifferent = other !== null || (equal === 0 && source.length > 0 && copies.length > 0);
  return {
    equal,
    hash: hash.digest('hex'),
    notCopied: isDifferent ? 0 : Math.max(0, source.length - from - equal),
    salvaged,
    ...(isDifferent && { difference: { source: one, target: other } }),
  };
}

/** The oldest record of the one window that is in the other: where both begin to speak of the same. */
function commonStart(source: readonly WindowRecord[], target: readonly WindowRecord[]): readonly [number, number] {
  const at = new Map<string, number>();
  for (const [index, { fingerprint }] of source.entries()) if (!at.has(fingerprint)) at.set(fingerprint, index);
  // One of the two begins with a record that the other one has, unless something is missing right there.
  for (const [index, { fingerprint }] of target.entries()) {
    const found = at.get(fingerprint);
    if (found !== undefined && (index === 0 || found === 0)) return [found, index];
  }
  return [0, 0];
}
