import type { WriteAccess } from '#libs/domain';

/** What a cluster enforces: one of the three, or `unset` when its ACLs are exactly none of them. */
export type HeldAccess = WriteAccess | 'unset';

/** Whether clients may be able to write: `unset` promises nothing. */
export const letsClientsWrite = (access: HeldAccess): boolean => access === 'clients' || access === 'unset';
