import type { WriteAccess } from '#libs/domain';

/** What a cluster enforces: one of the three, or `unset` when its ACLs are exactly none of them. */
export type HeldAccess = WriteAccess | 'unset';

const OPENNESS: Readonly<Record<HeldAccess, number>> = { none: 0, inbound: 1, clients: 2, unset: 3 };

/** The one that lets fewer write; of equals the first. */
export const stricter = <A extends HeldAccess, B extends HeldAccess>(one: A, other: B): A | B =>
  OPENNESS[one] <= OPENNESS[other] ? one : other;

/** Whether clients may be able to write: `unset` promises nothing. */
export const letsClientsWrite = (access: HeldAccess): boolean => access === 'clients' || access === 'unset';
