import type { Path } from './problem.js';
import type { Topology } from './topology.js';

/** One relation that does not hold, and where to change it. */
export interface Finding {
  readonly at: Path;
  readonly found: string;
  readonly expected: string;
}

/** One rule over the whole document. All rules run, so that everything wrong is seen at once. */
export type Check = (topology: Topology) => readonly Finding[];

const CHECKS: readonly Check[] = [];

/** Everything the schema alone cannot say: names that must exist, and numbers that must fit each other. */
export const checkTopology = (topology: Topology): readonly Finding[] => CHECKS.flatMap((check) => check(topology));
