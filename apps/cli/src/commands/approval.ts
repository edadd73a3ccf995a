import type { ApprovalAnswer, GivenAnswerBody } from '#libs/contracts';
import { isPending, isReviewOpen, type Approval } from '#libs/domain';
import { pathOf, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, nextSteps, table } from '../text.js';

export interface AnswerOptions {
  readonly reason?: string;
  /** Binds the answer to the plan that was read. */
  readonly plan?: string;
  /** Decides alone, and owes a review. */
  readonly breakGlass?: boolean;
}

/** The first terminal answer wins; the same answer given twice is one answer. */
export const answerApproval = async (
  session: Session,
  decision: GivenAnswerBody['decision'],
  id: string,
  { reason, plan: planHash, breakGlass }: AnswerOptions,
): Outcome => {
  const body = { decision, reason, planHash, breakGlass, channel: 'cli' };
  const answer = await session.api.post<ApprovalAnswer>(pathOf('approvals', id, 'answers'), body);
  show(session, answer, renderAnswer);
  return answer.outcome === 'already-decided' ? EXIT.refused : EXIT.ok;
};

export const renderAnswer = (answer: ApprovalAnswer): string => {
  const { id, kind, group, target, phase, outcome, vetoes, reason, next: then } = answer;
  const headline = `${id} is ${phaseText(answer)}: ${kind} of ${group} to ${target}.`;
  if (outcome === 'already-decided') {
    const why = reason === undefined ? '' : ` The reason was: ${reason}.`;
    return blocks(`${headline} That was so before; your answer changed nothing.${why}`, nextSteps(then));
  }
  return blocks(
    [headline, ...(phase === 'granted' ? vetoes.map(({ name, message }) => `  lifted ${name}: ${message}`) : [])].join(
      '\n',
    ),
    then.length > 0 ? nextSteps(then) : next([['status --watch', 'what happens now']]),
  );
};

/** What is asked of people, and what they answered. */
export const approvals = async (session: Session): Outcome => {
  show(session, await session.api.get<readonly Approval[]>('/approvals'), (all) =>
    renderApprovals(all, session.clock.now()),
  );
  return EXIT.ok;
};

const COLUMNS = ['APPROVAL', 'KIND', 'GROUP', 'TO', 'PHASE', 'AGREED', 'BY', 'ASKED', 'ENDS IN'] as const;

const renderApprovals = (all: readonly Approval[], nowMs: number): string => {
  if (all.length === 0) return 'Nobody was ever asked anything.';
  const open = all.find(isPending);
  const due = all.find(isReviewOpen);
  return blocks(
    table(
      COLUMNS,
      all.map((approval) => approvalRow(approval, nowMs)),
    ),
    next([
      ...(open ? ([[`explain ${open.group}`, 'why it is asked, and what it would do']] as const) : []),
      ...(open ? ([[`approve ${open.id}`, 'say yes']] as const) : []),
      ...(due ? ([[`review ${due.id} --note '<found>'`, 'one person decided alone']] as const) : []),
    ]),
  );
};

const approvalRow = (approval: Approval, nowMs: number): string[] => [
  approval.id,
  approval.kind,
  approval.group,
  approval.target,
  phaseText(approval),
  `${agreedIn(approval)}/${approval.required}`,
  approval.decidedBy ?? approval.answers.map(({ by }) => by).join(', '),
  moment(approval.requestedAt),
  isPending(approval) ? duration(Math.max(0, approval.expiresAt - nowMs)) : '',
];

const agreedIn = ({ answers }: Approval): number => answers.filter(({ decision }) => decision === 'grant').length;

const phaseText = (approval: Approval): string => {
  if (isReviewOpen(approval)) return `${approval.phase}, review due`;
  return approval.phase === 'partly-granted'
    ? `${approval.phase} (${agreedIn(approval)} of ${approval.required})`
    : approval.phase;
};

/** Takes back what the same person asked for. */
export const cancelApproval = async (session: Session, id: string, reason: string): Outcome => {
  show(session, await session.api.post<ApprovalAnswer>(pathOf('approvals', id, 'cancel'), { reason }), renderAnswer);
  return EXIT.ok;
};

/** Closes what is owed after one person decided for all. */
export const reviewApproval = async (session: Session, id: string, note: string): Outcome => {
  show(session, await session.api.post<ApprovalAnswer>(pathOf('approvals', id, 'review'), { note }), renderReview);
  return EXIT.ok;
};

const renderReview = ({ id, review, next: then }: ApprovalAnswer): string =>
  blocks(`The review of ${id} is closed by ${review?.closedBy ?? 'somebody'}: ${review?.note ?? ''}`, nextSteps(then));
