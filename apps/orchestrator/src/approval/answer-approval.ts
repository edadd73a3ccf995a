import type { ApprovalAnswer } from '#libs/contracts';
import { takeAnswer, type GivenAnswer, type Taken } from '#libs/decision';
import { isReviewOpen, type Approval, type Json } from '#libs/domain';
import { commands } from '../operation/commands.js';
import type { Operation } from '../operation/operation.js';
import { AnswerOvertaken, refusalText } from './answer-refusals.js';

/**
 * What a person's answer does to an approval, in the transaction that compares the approval as it was seen. The same
 * answer again is the same answer. @throws ApiError when it does not count; AnswerOvertaken when the group asks something
 * else by now, so that the approval has to be read again.
 */
export const answerApproval =
  (approval: Approval, given: GivenAnswer): Operation<ApprovalAnswer> =>
  ({ view, at }) => {
    const open = view.approval?.value.id === approval.id ? view.approval : undefined;
    const taken = takeAnswer(open?.value ?? approval, given, at);
    if (taken.outcome === 'refused') throw refusalText(taken.because, taken.approval, given.by);
    if (taken.outcome === 'already-decided' || taken.isRepeat) return { answer: answerOf(taken) };
    if (!open) throw new AnswerOvertaken(approval);
    const { phase } = view.state;
    return {
      answer: answerOf(taken),
      write: (transaction) => {
        transaction.whileUnchanged(open.entry).approval(taken.approval);
        transaction.audit({
          at,
          actor: { kind: 'person', id: given.by },
          rule: taken.rule,
          before: phase,
          after: phase,
          epoch: view.epoch,
          evidence: evidenceOf(taken.approval, given),
        });
      },
    };
  };

export function answerOf({ outcome, approval }: Exclude<Taken, { outcome: 'refused' }>): ApprovalAnswer {
  return { ...approval, outcome, next: nextAfter(approval) };
}

const evidenceOf = (approval: Approval, { decision, channel, reason }: GivenAnswer): Json => {
  const { id, planHash, evidenceHash, required, answers } = approval;
  const agreed = answers.filter((answer) => answer.decision === 'grant').map(({ by }) => by);
  return { approval: id, planHash, evidenceHash, decision, channel, reason: reason ?? null, agreed, required };
};

function nextAfter(approval: Approval): readonly string[] {
  const { group, phase, id } = approval;
  if (phase === 'partly-granted') return [commands.approvals, commands.explain(group)];
  if (phase !== 'granted') return [commands.explain(group)];
  return [commands.status, ...(isReviewOpen(approval) ? [commands.review(id)] : []), commands.explain(group)];
}
