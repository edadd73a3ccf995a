import type { ChainName } from '#libs/domain';
import { chainOf, GENESIS, linkProblem, type AnyEntry, type ChainHead } from './chain.js';

export type ChainVerdict =
  | { readonly ok: true; readonly entries: number; readonly head: ChainHead }
  | {
      readonly ok: false;
      /** The sequence the first bad entry has, or should have. */
      readonly sequence: number;
      readonly reason: string;
    };

/** Checks every link from `from` on, and stops at the first one that does not hold. */
export function verifyChain(entries: readonly AnyEntry[], from: ChainHead = GENESIS): ChainVerdict {
  let head = from;
  let chain: ChainName | undefined;
  for (const entry of entries) {
    const sequence = head.sequence + 1;
    chain ??= chainOf(entry);
    const reason = chainOf(entry) === chain ? linkProblem(head, entry) : strangerIn(chain, entry);
    if (reason !== undefined) return { ok: false, sequence, reason };
    head = { sequence: entry.sequence, hash: entry.hash };
  }
  return { ok: true, entries: entries.length, head };
}

/** Why an entry has no business in `chain`. */
export const strangerIn = (chain: ChainName, entry: AnyEntry): string =>
  `it is of ${inWords(chainOf(entry))}, not of ${inWords(chain).replace(/^group /, '')}`;

/** `group orders`, `site a`. */
export const inWords = (chain: ChainName): string => chain.replace(/^(group|site)s\//, '$1 ');
