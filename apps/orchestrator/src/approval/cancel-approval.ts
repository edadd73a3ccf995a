import type { ApprovalAnswer } from '#libs/contracts';
import { approvalAfter } from '#libs/decision';
import type { Approval } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { commands } from '../operation/commands.js';
import { note, type Operation } from '../operation/operation.js';
import { closed } from './answer-refusals.js';

/** Whoever asked for a run takes it back, as long as nothing is decided. @throws ApiError 403 and 409 */
export const cancelApproval =
  (approval: Approval, reason: string): Operation<ApprovalAnswer> =>
  (occasion) => {
    const { view, caller, at } = occasion;
    const { id, requestedBy, group } = approval;
    const next = [commands.explain(group)];
    if (requestedBy !== caller.name) throw notTheirs(approval, caller.name);
    if (approval.phase === 'cancelled') return { answer: { ...approval, outcome: 'counted', next } };
    const open = view.approval?.value.id === id ? view.approval : undefined;
    const after = open && approvalAfter('cancel', open.value);
    if (!open || !after) throw closed(open?.value ?? approval);
    const cancelled: Approval = {
      ...open.value,
      phase: after.phase,
      decidedBy: caller.name,
      decidedAt: at,
      reason,
    };
    return {
      answer: { ...cancelled, outcome: 'counted', next },
      write: (transaction) => {
        transaction.whileUnchanged(open.entry).approval(cancelled);
        note(transaction, occasion, after.rule, { approval: id, reason });
      },
    };
  };

function notTheirs({ id, requestedBy }: Approval, name: string): ApiError {
  const who = requestedBy === undefined ? 'the rules' : requestedBy;
  const message = `${name} did not ask for approval ${id}: ${who} did, and nobody else takes it back.`;
  return new ApiError(403, 'SB_NOT_AN_APPROVER', message, `An approver can say no: ${commands.deny(id)}`);
}
