import type { RequestAnswer, RequestBody, RequestKind } from '#libs/contracts';
import type { SalvageAs } from '#libs/domain';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, nextSteps } from '../text.js';
import { followApproval, followRun } from './follow.js';
import { showPlan, type PlanOptions } from './plan.js';
import { vetoText, withAdvice } from './vetoes.js';

export interface RequestOptions {
  readonly reason: string;
  readonly to?: string;
  /** What becomes of stranded records. */
  readonly as?: SalvageAs;
  /** Binds the request to the plan that was read. */
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

/** Asks for a run by name. It starts at once, or waits for somebody else to approve it; the answer says which. */
export const request = async (session: Session, kind: RequestKind, group: string, options: RequestOptions): Outcome => {
  const { reason, to, as, plan: planHash, dryRun, wait } = options;
  const wanted = { kind, ...(to !== undefined && { to }), ...(as && { as }) };
  if (dryRun) return rehearse(session, group, wanted);
  const body: RequestBody = { ...wanted, reason, ...(planHash && { planHash }) };
  const path = groupPath(group, 'requests');
  const answer = await withAdvice(group, session.api.post<RequestAnswer>(path, body), kind);
  if (wait && session.json) return follow(session, answer);
  show(session, answer, (given) => renderRequest(given, wait === true));
  if (!wait) return EXIT.ok;
  session.terminal.out('');
  return follow(session, answer);
};

/** A plan that would be refused now ends as the request itself would. */
const rehearse = async (session: Session, group: string, wanted: PlanOptions): Outcome => {
  const { vetoes } = await showPlan(session, group, wanted);
  const binding = vetoes.filter(({ overridable }) => wanted.kind === 'switchover' || !overridable);
  return binding.length === 0 ? EXIT.ok : EXIT.refused;
};

const follow = async (session: Session, { group, run, approval }: RequestAnswer): Outcome => {
  if (run) return followRun(session, run);
  return approval ? followApproval(session, group, approval) : EXIT.ok;
};

/** What comes next is not said to somebody who waits for it. */
const renderRequest = ({ plan, planHash, run, approval, vetoes, next }: RequestAnswer, wait: boolean): string =>
  blocks(
    `${run ? `Run ${run} has started` : `Approval ${approval} waits for somebody else`}: ` +
      `${plan.kind} of ${plan.group} from ${plan.from} to ${plan.to}, ${plan.steps.length} steps, plan ${planHash}.`,
    vetoes.length > 0 ? vetoText(vetoes, approval ? 'Whoever approves lifts:' : 'In the way:') : '',
    wait ? nextSteps(approval ? next : []) : nextSteps(next),
  );
