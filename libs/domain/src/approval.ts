import type { ApprovalId, GroupId, Instant, SiteId } from './ids.js';
import type { RunKind } from './run.js';

/** `open` until the first terminal answer; facts that changed supersede it, time expires it. */
export type ApprovalPhase = 'open' | 'approved' | 'denied' | 'superseded' | 'expired';

/** A question to people, as the journal holds it. Every way of answering writes this one record. */
export interface Approval {
  readonly id: ApprovalId;
  readonly group: GroupId;
  /** What would run, and the site it concerns. */
  readonly kind: RunKind;
  readonly target: SiteId;
  /** Who asked for it, and may not answer it; absent when the rules ask. */
  readonly requestedBy?: string;
  readonly phase: ApprovalPhase;
  /** The plan that would have run at the time of asking. */
  readonly planHash: string;
  /** What stands in the way; whoever approves lifts exactly these. */
  readonly vetoes: readonly { readonly name: string; readonly message: string }[];
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
  readonly decidedBy?: string;
  readonly decidedAt?: Instant;
  readonly reason?: string;
}
