import type { ChainName } from './audit-entry.js';
import type { Instant, SiteId } from './ids.js';

/** The last entry of a chain, or the last checkpoint of a site. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** Another site's signature under a checkpoint: all it names was there, and goes on from what that site knew before. */
export interface Witness {
  readonly site: SiteId;
  readonly keyId: string;
  /** Ed25519, base64, over the checkpoint's hash and the witness's name. */
  readonly signature: string;
}

/**
 * Where every chain ended when a site looked, signed by that site and by those who saw the same. A chain that is cut or
 * written anew afterwards contradicts it, whoever holds the journal.
 */
export interface Checkpoint {
  readonly format: 'signalbox.audit-checkpoint.v1';
  readonly site: SiteId;
  /** From 1 for each site. */
  readonly sequence: number;
  readonly at: Instant;
  /** Of the journal, when it was read: an export made at this revision or later holds all that is named here. */
  readonly revision: number;
  /** By chain; of one that was broken, the last entry that held. */
  readonly heads: Readonly<Partial<Record<ChainName, ChainEnd>>>;
  /** By site: the last of the other sites' checkpoints that was there to be witnessed. */
  readonly seen: Readonly<Record<string, ChainEnd>>;
  readonly keyId: string;
  /** Ed25519, base64, over all of the above. */
  readonly signature: string;
  readonly witnesses: readonly Witness[];
}
