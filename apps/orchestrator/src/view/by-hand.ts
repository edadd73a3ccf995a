import type { Epoch, Plan } from '#libs/domain';
import type { Topology } from '#libs/topology';

/** What the lines for a shell are made from. */
export interface ByHand {
  readonly plan: Plan;
  readonly topology: Topology;
  /** Stands on everything that is changed by hand. */
  readonly stamp: Epoch;
}

/** One word for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
