import type { AnswerRefusal } from '#libs/decision';
import { isPending, MOVES, type Approval } from '#libs/domain';
import { ApiError } from '../api/api-error.js';
import { commands } from '../operation/commands.js';

/** The group asks something else than when the approval was read. */
export class AnswerOvertaken extends ApiError {
  constructor({ id, group }: Approval) {
    const message = `Approval ${id} is not asked any more.`;
    super(409, 'SB_APPROVAL_CLOSED', message, `Read what is asked now: ${commands.explain(group)}`);
  }
}

export const codeOf = (error: ApiError): string => error.code;

/** A signed answer names another group than its approval. */
export const otherGroup = ({ id, group }: Approval): ApiError =>
  new ApiError(
    409,
    'SB_TOKEN_REFUSED',
    `This token does not count: approval ${id} is of group ${group}.`,
    'Sign a new one.',
  );

/** Why an answer does not count, and what to do instead. */
export function refusalText(because: AnswerRefusal, approval: Approval, by: string): ApiError {
  const { id, group, kind, approvers } = approval;
  switch (because) {
    case 'expired':
      return closed(approval);
    case 'used-token': {
      const message = `This token was taken already; approval ${id} is ${approval.phase}.`;
      return new ApiError(409, 'SB_TOKEN_REFUSED', message, 'A token counts once: there is nothing more to do.');
    }
    case 'other-plan': {
      const remedy = `Read the plan again: ${commands.plan(group)} --kind ${kind}`;
      return new ApiError(409, 'SB_PLAN_CHANGED', `Approval ${id} asks for another plan than you read.`, remedy);
    }
    case 'own-request': {
      const message = `${by} asked for this ${kind}, so somebody else has to answer it; the attempt is in the audit.`;
      return new ApiError(403, 'SB_OWN_REQUEST', message, `Ask another approver: ${commands.approve(id, by)}`);
    }
    case 'not-an-approver': {
      const who = approvers.length > 0 ? `the members of ${approvers.join(', ')}` : 'approvers and admins';
      const message = `${by} may not answer approval ${id}: it asks ${who}; the attempt is in the audit.`;
      return new ApiError(403, 'SB_NOT_AN_APPROVER', message, `Ask one of them: ${commands.approve(id)}`);
    }
    case 'may-not-break-glass': {
      const message = `${by} may not decide approval ${id} alone; the attempt is in the audit.`;
      const remedy = 'An admin may, or a member of a group in approval.breakGlass.';
      return new ApiError(403, 'SB_NOT_AN_APPROVER', message, remedy);
    }
    case 'no-reason': {
      const message = `Whoever decides approval ${id} alone has to say why.`;
      return new ApiError(422, 'SB_REASON_MISSING', message, commands.breakGlass(id));
    }
  }
}

/** The first answer has won, or time has. */
export function closed(approval: Approval): ApiError {
  const { id, group, phase, decidedBy } = approval;
  if (isPending(approval) || phase === 'expired') {
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
