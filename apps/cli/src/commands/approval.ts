import type { Approval } from '#libs/domain';
import { show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { next } from '../text.js';

type Answer = 'approve' | 'deny';

export interface AnswerOptions {
  readonly reason?: string;
  /** Binds the answer to the plan that was read. */
  readonly plan?: string;
}

/** The first terminal answer wins; the same answer given twice is one answer. */
export const answerApproval = async (session: Session, answer: Answer, id: string, options: AnswerOptions): Outcome => {
  const { reason, plan: planHash } = options;
  const path = `/approvals/${encodeURIComponent(id)}/${answer}`;
  show(session, await session.api.post<Approval>(path, { reason, planHash }), renderApproval);
  return EXIT.ok;
};

const renderApproval = ({ id, group, target, phase, vetoes }: Approval): string =>
  [
    `${id} is ${phase}: ${group} to ${target}.`,
    ...(phase === 'approved' ? vetoes.map(({ name, message }) => `  lifted ${name}: ${message}`) : []),
    '',
    next([['status --watch', 'what happens now']]),
  ].join('\n');
