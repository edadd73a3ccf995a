import type { PlanAnswer } from '#libs/contracts';
import { resourceKey, type Step } from '#libs/domain';
import { show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, table } from '../text.js';
import { vetoText } from './explain.js';

export const plan = async (session: Session, group: string): Outcome => {
  show(session, await session.api.get<PlanAnswer>(`/groups/${encodeURIComponent(group)}/plan`), renderPlan);
  return EXIT.ok;
};

export const renderPlan = ({ plan, planHash, vetoes }: PlanAnswer): string =>
  blocks(
    `A ${plan.kind} of ${plan.group} from ${plan.from} to ${plan.to}. This is a dry run: nothing was touched.`,
    table(['STAGE', 'STEP', 'DOES', 'AT', 'DEADLINE', ''], plan.steps.map(stepRow)),
    vetoText(vetoes),
    `Plan ${planHash}. Steps of one stage run side by side; the next stage waits for them.`,
  );

const stepRow = (step: Step): string[] => [
  String(step.stage),
  step.name,
  describeStep(step),
  step.runsAt,
  duration(step.deadlineMs),
  remarks(step).join(', '),
];

const remarks = ({ pointOfNoReturn, mayFail, waitOut }: Step): string[] => [
  ...(pointOfNoReturn ? ['point of no return'] : []),
  ...(mayFail ? ['does not hold up the run'] : []),
  ...(waitOut ? [`or waited out: the guard of ${waitOut} fences by itself`] : []),
];

/** `apply write-access/orders/b = "clients"`. */
export const describeStep = ({ action, resource, desired }: Step): string =>
  `${action} ${resourceKey(resource)}${desired === undefined ? '' : ` = ${JSON.stringify(desired)}`}`;
