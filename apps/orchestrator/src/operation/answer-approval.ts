import type { AnswerBody, ApprovalAnswer } from '#libs/contracts';
import { approvalAfter } from '#libs/decision';
import { MOVES, type Approval } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { commands } from './commands.js';
import { note, type Change, type Occasion, type Operation } from './operation.js';

export type Decided = 'approved' | 'denied';

const ANSWERS = { approved: 'approve', denied: 'deny' } as const;

/** The first terminal answer wins; the same answer again is the same answer. Nobody answers what they asked for. */
export const answerApproval =
  (approval: Approval, phase: Decided, body: AnswerBody): Operation<ApprovalAnswer> =>
  (occasion) => {
    const { view, caller, at } = occasion;
    const next = nextAfter(approval, phase);
    if (approval.phase === phase && approval.decidedBy === caller.name) return { answer: { ...approval, next } };
    const open = view.approval;
    const isOwn = approval.requestedBy === caller.name;
    const after = open && approvalAfter(isOwn ? 'answer-own' : ANSWERS[phase], open.value);
    if (open?.value.id !== approval.id || !after || open.value.expiresAt <= at) {
      throw closed(open?.value.id === approval.id ? open.value : approval);
    }
    if (isOwn) return ownRequest(approval, phase, occasion, after.rule);
    if (body.planHash !== undefined && body.planHash !== approval.planHash) throw otherPlan(approval);
    const { reason } = body;
    const answered: Approval = {
      ...approval,
      phase: after.phase,
      decidedBy: caller.name,
      decidedAt: at,
      ...(reason && { reason }),
    };
    return {
      answer: { ...answered, next },
      write: (transaction) => {
        transaction.whileUnchanged(open.entry).approval(answered);
        note(transaction, occasion, after.rule, evidenceOf(approval, reason));
      },
    };
  };

const evidenceOf = ({ id, planHash }: Approval, reason: string | undefined) => ({
  approval: id,
  planHash,
  reason: reason ?? null,
});

/** Written down all the same: that somebody tried is worth knowing. */
function ownRequest(approval: Approval, phase: Decided, occasion: Occasion, rule: string): Change<ApprovalAnswer> {
  const { name } = occasion.caller;
  const message = `${name} asked for this ${approval.kind}, so somebody else has to answer it; the attempt is in the audit.`;
  const remedy = `Ask another approver: ${commands.approve(approval.id, name)}`;
  return {
    answer: { ...approval, next: [] },
    write: (transaction) =>
      note(transaction, occasion, rule, { approval: approval.id, wanted: phase, because: 'own-request' }),
    refusal: new ApiError(403, 'SB_OWN_REQUEST', message, remedy),
  };
}

function closed(approval: Approval): ApiError {
  const { id, group, phase, decidedBy } = approval;
  if (phase === 'open' || phase === 'expired') {
    return new ApiError(409, 'SB_APPROVAL_CLOSED', `Approval ${id} has expired.`, `Ask again: ${askAgain(approval)}`);
  }
  const message = `Approval ${id} is ${phase} already${decidedBy === undefined ? '' : ` by ${decidedBy}`}.`;
  return new ApiError(409, 'SB_APPROVAL_CLOSED', message, `Read what is asked now: ${commands.explain(group)}`);
}

/** What cannot be asked for needs no approval. */
const askAgain = ({ kind, group, target }: Approval): string =>
  kind === 'quarantine' || kind === 'survey' || kind === 'rescue'
    ? commands.explain(group)
    : commands.ask(kind, group, MOVES.includes(kind) ? undefined : target);

function otherPlan({ id, group, kind }: Approval): ApiError {
  const remedy = `Read the plan again: ${commands.plan(group)} --kind ${kind}`;
  return new ApiError(409, 'SB_PLAN_CHANGED', `Approval ${id} asks for another plan than you read.`, remedy);
}

const nextAfter = ({ group }: Approval, phase: Decided): readonly string[] =>
  phase === 'approved' ? [commands.status, commands.explain(group)] : [commands.explain(group)];
