import type { ApprovalId, Epoch, GroupId, Instant, SiteId } from './ids.js';
import type { RunKind } from './run.js';

/**
 * - `pending`: nobody has agreed yet;
 * - `partly-granted`: some have agreed, and more have to;
 * - `granted`, `denied`: the answer of people;
 * - `expired`: its time was over first;
 * - `superseded`: facts changed, so that there is nothing to agree to any more; its reason says which;
 * - `cancelled`: whoever asked for it took it back.
 */
export type ApprovalPhase =
  'pending' | 'partly-granted' | 'granted' | 'denied' | 'expired' | 'superseded' | 'cancelled';

/** What a person says to an approval. */
export type AnswerDecision = 'grant' | 'deny';

/** An answer that counts. Of each person there is one of a kind. */
export interface CountedAnswer {
  readonly by: string;
  readonly decision: AnswerDecision;
  /** The way it came: `api`, `cli`, `slack`, `offline` and the like. */
  readonly channel: string;
  readonly at: Instant;
  readonly reason?: string;
  /** SHA-256 of the token it was signed in: one token counts once. */
  readonly tokenHash?: string;
}

/** Owed after a broken glass: another person looks at what was done, and says so. */
export interface AfterReview {
  readonly openedAt: Instant;
  /** Who decided alone. */
  readonly by: string;
  readonly closedAt?: Instant;
  readonly closedBy?: string;
  /** What was found. */
  readonly note?: string;
}

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
  /** Of what was looked at when it was asked; the group's audit holds it. Empty where an older version asked. */
  readonly evidenceHash: string;
  /** The group's epoch when it was asked. */
  readonly epoch: Epoch;
  /** So many different people have to agree. One no is enough. */
  readonly required: number;
  /** The groups of people whose members may answer; empty: everybody who may approve anything. */
  readonly approvers: readonly string[];
  /** What stands in the way; whoever approves lifts exactly these. */
  readonly vetoes: readonly { readonly name: string; readonly message: string }[];
  /** How far the target was behind when it was asked; absent while nobody knew. */
  readonly atRiskMs?: number;
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
  /** When more people are told, while nobody has decided; the ones that have passed are no longer here. */
  readonly escalatesAt: readonly Instant[];
  /** In the order in which they came. */
  readonly answers: readonly CountedAnswer[];
  /** Who gave the answer that decided, when, and why; of the others only the time and the reason. */
  readonly decidedBy?: string;
  readonly decidedAt?: Instant;
  readonly reason?: string;
  /** Present when one person decided for all. */
  readonly review?: AfterReview;
}

/** One person decided for all, and nobody has looked at it since. */
export const isReviewOpen = ({ review }: Pick<Approval, 'review'>): boolean =>
  review !== undefined && review.closedAt === undefined;

/** Whether it still waits for people. */
export const isPending = ({ phase }: Pick<Approval, 'phase'>): boolean =>
  phase === 'pending' || phase === 'partly-granted';
