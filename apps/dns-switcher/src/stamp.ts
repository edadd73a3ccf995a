import { epoch, NEVER_STAMPED, type Epoch } from '#libs/domain';

/** Who answers for a name: one group of one installation of Signalbox. */
export interface Owner {
  readonly installation: string;
  readonly group: string;
}

/** What stands beside a name, as a TXT record at `_signalbox.<name>` where a provider changes both in one. */
export interface Stamp {
  readonly epoch: Epoch;
  /** Absent in stamps that were written by hand, which carry the epoch only. */
  readonly owner?: Owner;
}

export const UNSTAMPED: Stamp = { epoch: NEVER_STAMPED };

/** Where a name's stamp is: in the same zone, so that one atomic change covers both. */
export const stampName = (name: string): string => `_signalbox.${name}`;

/** In the form that external-dns and others give theirs, so that they see an owner who is not them. */
export const stampText = ({ epoch: stamped, owner }: Stamp): string =>
  owner === undefined
    ? `epoch=${stamped}`
    : `heritage=signalbox,installation=${owner.installation},group=${owner.group},epoch=${stamped}`;

/** @returns undefined for a text that is not a stamp of Signalbox. */
export function stampIn(text: string): Stamp | undefined {
  const byHand = /^epoch=(\d{1,15})$/.exec(text);
  if (byHand) return { epoch: epoch(Number(byHand[1])) };
  const owned = /^heritage=signalbox,installation=([^,"]+),group=([^,"]+),epoch=(\d{1,15})$/.exec(text);
  if (!owned) return undefined;
  return { epoch: epoch(Number(owned[3])), owner: { installation: owned[1]!, group: owned[2]! } };
}
