import type { ApprovalAnswer, ReviewBody } from '#libs/contracts';
import { isReviewOpen, type Approval } from '#libs/domain';
import type { Entry } from '#libs/journal';
import { ApiError } from '../api/api-error.js';
import { commands } from '../operation/commands.js';
import { note, type Operation } from '../operation/operation.js';

/** Somebody looks at what one person decided for all, and says what they found. @throws ApiError 403 and 409 */
export const reviewApproval =
  (approval: Approval, entry: Entry, body: ReviewBody): Operation<ApprovalAnswer> =>
  (occasion) => {
    const { caller, at } = occasion;
    const { id, group, review } = approval;
    const next = [commands.approvals, commands.explain(group)];
    if (!review) throw notOwed(approval);
    if (!isReviewOpen(approval)) return { answer: { ...approval, outcome: 'already-decided', next } };
    if (review.by === caller.name) throw ownGlass(approval, caller.name);
    const reviewed: Approval = { ...approval, review: { ...review, closedAt: at, closedBy: caller.name, ...body } };
    return {
      answer: { ...reviewed, outcome: 'counted', next },
      write: (transaction) => {
        transaction.whileUnchanged(entry).approval(reviewed);
        note(transaction, occasion, 'approval-reviewed', { approval: id, by: review.by, note: body.note });
      },
    };
  };

function notOwed({ id }: Approval): ApiError {
  const message = `Nobody decided approval ${id} alone, so there is nothing to review.`;
  return new ApiError(409, 'SB_NO_REVIEW_DUE', message, `See what is due: ${commands.approvals}`);
}

function ownGlass({ id }: Approval, name: string): ApiError {
  const message = `${name} decided approval ${id} alone, so somebody else has to review it.`;
  return new ApiError(403, 'SB_OWN_REQUEST', message, `Ask another approver: ${commands.review(id)}`);
}
