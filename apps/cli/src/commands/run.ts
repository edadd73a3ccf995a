import type { RunAnswer } from '#libs/contracts';
import { isTerminal, type StepRecord } from '#libs/domain';
import { show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, table } from '../text.js';

export const run = async (session: Session, id: string): Outcome => {
  show(session, await session.api.get<RunAnswer>(`/runs/${encodeURIComponent(id)}`), renderRun);
  return EXIT.ok;
};

export const renderRun = ({ run, steps }: RunAnswer): string =>
  blocks(
    `Run ${run.id}: ${run.plan.kind} of ${run.plan.group} from ${run.plan.from} to ${run.plan.to}, epoch ${run.epoch}.`,
    `${run.phase}, started ${moment(run.startedAt)}${run.finishedAt === undefined ? '' : `, took ${duration(run.finishedAt - run.startedAt)}`}.`,
    run.problem ? `It needs you: ${run.problem}` : '',
    table(['STAGE', 'STEP', 'AT', 'STATUS', 'TOOK', 'READ BACK'], steps.map(stepRow)),
    run.exceptions.map(({ step, reason }) => `Exception ${step}: ${reason}`).join('\n'),
    next(isTerminal(run.phase) ? [] : [[`explain ${run.plan.group}`, 'why it stands where it stands']]),
  );

const stepRow = (step: StepRecord): string[] => [
  String(step.stage),
  step.name,
  step.runsAt,
  step.status,
  step.startedAt !== undefined && step.finishedAt !== undefined ? duration(step.finishedAt - step.startedAt) : '',
  step.verifiedBy ? `${step.verifiedBy.check}: ${JSON.stringify(step.verifiedBy.observed)}` : (step.problem ?? ''),
];
