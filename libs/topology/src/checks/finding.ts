import type { Path } from '../problem.js';
import type { Topology } from '../topology.js';

/** One relation that does not hold, and where to change it. */
export interface Finding {
  readonly at: Path;
  readonly found: string;
  /** What to write instead. */
  readonly expected: string;
}

/** One rule over the whole document. Never throws on what another rule reports. */
export type Check = (topology: Topology) => Iterable<Finding>;

/** As a list for people: `a, b, c`. */
export const listed = (items: Iterable<string>): string => [...items].join(', ') || 'nothing';

export interface Named {
  readonly at: Path;
  readonly value: string;
}

/** Every value after the first of its kind. */
export function* repeated(values: Iterable<Named>): Generator<Named & { readonly first: Named }> {
  const seen = new Map<string, Named>();
  for (const each of values) {
    const first = seen.get(each.value);
    if (first) yield { ...each, first };
    else seen.set(each.value, each);
  }
}
