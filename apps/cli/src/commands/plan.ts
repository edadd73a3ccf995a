import { writeFile } from 'node:fs/promises';
import type { PlanAnswer, PlanExportAnswer, RequestKind } from '#libs/contracts';
import { messageOf, resourceKey, type SalvageAs, type Step } from '#libs/domain';
import { groupPath, show, type Outcome, type Session } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, nextSteps, shortened, table } from '../text.js';
import { vetoText, withAdvice } from './vetoes.js';

export interface PlanOptions {
  readonly kind?: RequestKind;
  readonly to?: string;
  readonly as?: SalvageAs;
}

export const plan = async (session: Session, group: string, options: PlanOptions): Outcome => {
  await showPlan(session, group, options);
  return EXIT.ok;
};

export const showPlan = async (session: Session, group: string, options: PlanOptions): Promise<PlanAnswer> => {
  const path = `${groupPath(group, 'plan')}${queryOf(options)}`;
  const answer = await withAdvice(group, session.api.get<PlanAnswer>(path), options.kind);
  show(session, answer, renderPlan);
  return answer;
};

/** A plan for the day on which nothing of Signalbox is left: made while it is, kept where people find it. */
export const exportPlan = async (
  session: Session,
  group: string,
  { out, ...options }: PlanOptions & { readonly out?: string },
): Outcome => {
  const path = `${groupPath(group, 'plan', 'export')}${queryOf(options)}`;
  const answer = await withAdvice(group, session.api.get<PlanExportAnswer>(path), options.kind);
  if (out === undefined) show(session, answer, renderExport);
  else await keep(answer, out, session);
  return EXIT.ok;
};

/** The signed document itself, also without --json: what is kept can be verified. */
const keep = async (answer: PlanExportAnswer, file: string, { terminal }: Session): Promise<void> => {
  try {
    await writeFile(file, `${JSON.stringify(answer, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`the plan cannot be kept: ${messageOf(error)}`, 'check --out', { cause: error });
  }
  terminal.out(`${file}: ${titleOf(answer)}, ${answer.instructions.length} lines, signed with ${answer.keyId}.`);
};

const queryOf = ({ kind, to, as }: PlanOptions): string => {
  const query = new URLSearchParams({ ...(kind && { kind }), ...(to && { to }), ...(as && { as }) }).toString();
  return query && `?${query}`;
};

const renderExport = (answer: PlanExportAnswer): string =>
  blocks(
    `${titleOf(answer)}, by hand. Made ${moment(answer.madeAt)} at ${answer.madeBy}; the epoch is ${answer.epoch}.`,
    answer.instructions.join('\n'),
    nextSteps([`signalbox plan export ${answer.group} --out <file>  keeps the signed document`]),
  );

const titleOf = ({ plan: { kind, group, from, to } }: Pick<PlanAnswer, 'plan'>): string =>
  `${kind} of ${group} from ${from} to ${to}`;

export const renderPlan = ({ plan, planHash, vetoes }: PlanAnswer): string =>
  blocks(
    `A ${titleOf({ plan })}. This is a dry run: nothing was touched.`,
    table(['STAGE', 'STEP', 'DOES', 'AT', 'DEADLINE', 'REMARKS'], plan.steps.map(stepRow)),
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

/** Settings and positions can be pages long. */
const SHOWN_CHARACTERS = 60;

/** `apply write-access/orders/b = "clients"`. */
export const describeStep = ({ action, resource, desired }: Step): string =>
  `${action} ${resourceKey(resource)}${desired === undefined ? '' : ` = ${shortened(JSON.stringify(desired), SHOWN_CHARACTERS)}`}`;
