import { isPending, type AnswerDecision, type Approval, type CountedAnswer, type Instant } from '#libs/domain';
import { approvalAfter, type ApprovalInput } from './approval-machine.js';

/** What somebody says to an approval, and what is known of them. */
export interface GivenAnswer {
  readonly decision: AnswerDecision;
  readonly by: string;
  /** Whether they may approve anything at all, and the groups of people they belong to. */
  readonly mayApprove: boolean;
  readonly memberOf: readonly string[];
  readonly channel: string;
  readonly reason?: string;
  /** Of the plan that was read; without it there is none to compare. */
  readonly planHash?: string;
  /** Decides alone, and owes a review. Only with a grant. */
  readonly breakGlass?: { readonly isAllowed: boolean };
  /** SHA-256 of the token that it was signed in: that one counts once. */
  readonly tokenHash?: string;
}

export type AnswerRefusal =
  'expired' | 'used-token' | 'other-plan' | 'own-request' | 'not-an-approver' | 'may-not-break-glass' | 'no-reason';

export type Taken =
  /** It counts. `isRepeat`: it did already, and nothing is to be written. */
  | { readonly outcome: 'counted'; readonly approval: Approval; readonly isRepeat: false; readonly rule: string }
  | { readonly outcome: 'counted'; readonly approval: Approval; readonly isRepeat: true }
  /** Another answer, or something else, was first. */
  | { readonly outcome: 'already-decided'; readonly approval: Approval }
  | { readonly outcome: 'refused'; readonly approval: Approval; readonly because: AnswerRefusal };

/**
 * Takes an answer: the first terminal one wins, each person counts once, and nobody answers what they asked for. Pure,
 * and safe to do twice: an answer that was taken already comes out as a repeat.
 */
export function takeAnswer(approval: Approval, given: GivenAnswer, at: Instant): Taken {
  if (isReplay(approval, given)) return { outcome: 'refused', approval, because: 'used-token' };
  if (saidBefore(approval, given)) return { outcome: 'counted', approval, isRepeat: true };
  if (!isPending(approval)) return { outcome: 'already-decided', approval };
  const because = refusalOf(approval, given, at);
  if (because) return { outcome: 'refused', approval, because };
  return counted(approval, given, at);
}

const isReplay = ({ answers }: Approval, { tokenHash }: GivenAnswer): boolean =>
  tokenHash !== undefined && answers.some((answer) => answer.tokenHash === tokenHash);

const saidBefore = ({ answers }: Approval, { by, decision }: GivenAnswer): boolean =>
  answers.some((answer) => answer.by === by && answer.decision === decision);

function refusalOf(approval: Approval, given: GivenAnswer, at: Instant): AnswerRefusal | undefined {
  if (at >= approval.expiresAt) return 'expired';
  if (given.planHash !== undefined && given.planHash !== approval.planHash) return 'other-plan';
  if (breaksGlass(given)) {
    if (!given.breakGlass?.isAllowed) return 'may-not-break-glass';
    return given.reason === undefined ? 'no-reason' : undefined;
  }
  if (approval.requestedBy === given.by) return 'own-request';
  return isAsked(approval, given) ? undefined : 'not-an-approver';
}

const breaksGlass = ({ decision, breakGlass }: GivenAnswer): boolean =>
  decision === 'grant' && breakGlass !== undefined;

const isAsked = ({ approvers }: Approval, { mayApprove, memberOf }: GivenAnswer): boolean =>
  approvers.length === 0 ? mayApprove : memberOf.some((group) => approvers.includes(group));

function counted(approval: Approval, given: GivenAnswer, at: Instant): Taken {
  const { by, decision, channel, reason, tokenHash } = given;
  const answer: CountedAnswer = {
    by,
    decision,
    channel,
    at,
    ...(reason !== undefined && { reason }),
    ...(tokenHash !== undefined && { tokenHash }),
  };
  const answers = [...approval.answers, answer];
  const after = approvalAfter(inputOf(given, answers, approval.required), approval);
  if (!after) return { outcome: 'already-decided', approval };
  const next: Approval = { ...approval, phase: after.phase, answers };
  if (after.phase === 'partly-granted')
    return { outcome: 'counted', approval: next, isRepeat: false, rule: after.rule };
  const decided: Approval = {
    ...next,
    decidedBy: by,
    decidedAt: at,
    ...(reason !== undefined && { reason }),
    ...(breaksGlass(given) && { review: { openedAt: at, by } }),
  };
  return { outcome: 'counted', approval: decided, isRepeat: false, rule: after.rule };
}

function inputOf(given: GivenAnswer, answers: readonly CountedAnswer[], required: number): ApprovalInput {
  if (given.decision === 'deny') return 'deny';
  if (breaksGlass(given)) return 'break-glass';
  const agreed = new Set(answers.filter(({ decision }) => decision === 'grant').map(({ by }) => by));
  return agreed.size >= required ? 'last-grant' : 'grant';
}
