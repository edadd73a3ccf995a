import type { Approval } from '#libs/domain';
import { pathOf, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, next, nextSteps } from '../text.js';

type Answer = 'approve' | 'deny';

/** An older orchestrator does not say what comes next. */
type Answered = Approval & { readonly next?: readonly string[] };

export interface AnswerOptions {
  readonly reason?: string;
  /** Binds the answer to the plan that was read. */
  readonly plan?: string;
}

/** The first terminal answer wins; the same answer given twice is one answer. */
export const answerApproval = async (session: Session, answer: Answer, id: string, options: AnswerOptions): Outcome => {
  const { reason, plan: planHash } = options;
  const path = pathOf('approvals', id, answer);
  show(session, await session.api.post<Answered>(path, { reason, planHash }), renderApproval);
  return EXIT.ok;
};

const renderApproval = ({ id, kind, group, target, phase, vetoes, next: then = [] }: Answered): string =>
  blocks(
    [
      `${id} is ${phase}: ${kind} of ${group} to ${target}.`,
      ...(phase === 'approved' ? vetoes.map(({ name, message }) => `  lifted ${name}: ${message}`) : []),
    ].join('\n'),
    then.length > 0 ? nextSteps(then) : next([['status --watch', 'what happens now']]),
  );
