import type { Caller, Permission } from '../api/access.js';

/** What tells one request from another: the key its sender gave it, and what it must match when it comes again. */
export interface RequestIdentity {
  readonly key: string;
  readonly route: string;
  readonly bodyHash: string;
  /** What it is answered with when it is done. */
  readonly status: number;
}

/** Who asks. With an identity the request is done once, however often it arrives and whoever it reaches. */
export interface Asked {
  /** Who sent it: an idempotency key is theirs. */
  readonly caller: Caller;
  /** Who said it, where a relay hands it in: they need the permission, and they stand in the audit. */
  readonly inNameOf?: Caller;
  /** What it needs, in the group that it turns out to be about. */
  readonly permission: Permission;
  /** What the request is called in the log and in the audit. */
  readonly requestId?: string;
  readonly identity?: RequestIdentity;
}
