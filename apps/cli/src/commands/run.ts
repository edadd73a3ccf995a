import type { RunAnswer, RunChangeAnswer } from '#libs/contracts';
import { isPastNoReturn, skippable } from '#libs/decision';
import { isSettled, isTerminal, type Run, type RunId, type StepRecord } from '#libs/domain';
import { runPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, nextSteps, table, WHY } from '../text.js';

export const RUN_COLUMNS = ['STAGE', 'STEP', 'AT', 'STATUS', 'TOOK', 'READ-BACK'] as const;

export const run = async (session: Session, id: RunId): Outcome => {
  show(session, await session.api.get<RunAnswer>(runPath(id)), renderRun);
  return EXIT.ok;
};

export const renderRun = (answer: RunAnswer): string => {
  const { run, steps } = answer;
  const { plan, requestedBy } = run;
  return blocks(
    `Run ${run.id}: ${plan.kind} of ${plan.group} from ${plan.from} to ${plan.to}, epoch ${run.epoch}${requestedBy ? `, asked for by ${requestedBy}` : ''}.`,
    table(RUN_COLUMNS, steps.map(stepRow)),
    renderEnd(answer),
  );
};

/** How a run stands, why, and what to type. */
export const renderEnd = ({ run, steps }: RunAnswer): string =>
  blocks(
    `Run ${run.id} is ${run.phase}, started ${moment(run.startedAt)}${run.finishedAt === undefined ? '' : `, took ${duration(run.finishedAt - run.startedAt)}`}.`,
    run.compensation ? `Taken back by ${run.compensation.by}: ${run.compensation.reason}` : '',
    run.problem ? `It needs you: ${run.problem}` : '',
    run.exceptions.map(({ step, reason }) => `Exception ${step}: ${reason}`).join('\n'),
    next(nextOf(run, steps)),
  );

type Command = readonly [command: string, why: string];

const nextOf = (run: Run, steps: readonly StepRecord[]): readonly Command[] => {
  const { id, phase, plan } = run;
  if (phase === 'needs-human')
    return [
      [`run retry ${id} ${WHY}`, 'try again what failed, after you mended it'],
      ...waysAround(run, steps),
      ...(isPastNoReturn(steps) ? [] : [takeBack(id)]),
    ];
  return isTerminal(phase)
    ? [[`status`, 'how the group stands now']]
    : [
        [`run ${id} --wait`, 'each step as it ends'],
        [`explain ${plan.group}`, 'why it stands where it stands'],
      ];
};

const isStuck = ({ status, mayFail }: StepRecord) => isSettled(status) && status !== 'done' && !mayFail;

/** A fence is never skipped: what it guards against would happen. Its way around is the word of a person. */
const waysAround = (run: Run, steps: readonly StepRecord[]): readonly Command[] => {
  const maySkip = skippable(run, steps);
  return steps.filter(isStuck).flatMap(({ name, fences }): readonly Command[] => {
    if (fences) return [[`attest ${run.plan.group} --site ${fences} ${WHY}`, `only when ${fences} is off for certain`]];
    return maySkip.includes(name)
      ? [[`run skip ${run.id} ${name} ${WHY}`, 'go on without it: it is done by hand, or not needed']]
      : [];
  });
};

const takeBack = (id: RunId): Command => [`run abort ${id} ${WHY}`, 'take it back: what was done is undone in reverse'];

export const stepRow = (step: StepRecord): string[] => [
  String(step.stage),
  step.name,
  step.runsAt,
  step.status,
  step.startedAt !== undefined && step.finishedAt !== undefined ? duration(step.finishedAt - step.startedAt) : '',
  step.verifiedBy ? `${step.verifiedBy.check}: ${JSON.stringify(step.verifiedBy.observed)}` : (step.problem ?? ''),
];

/** What people change about an open run. */
export const changeRun = async (session: Session, path: string, body: object, what: string): Outcome => {
  show(session, await session.api.post<RunChangeAnswer>(path, body), ({ run, phase, steps, next: then }) =>
    blocks(`Run ${run} is ${phase}. ${what}: ${steps.join(', ') || 'nothing'}.`, nextSteps(then)),
  );
  return EXIT.ok;
};
