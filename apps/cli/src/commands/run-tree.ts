import type { RunAnswer } from '#libs/contracts';
import { isSettled, isTerminal, type RunId, type StepRecord } from '#libs/domain';
import { runPath, show, type Outcome, type Session } from '../command.js';
import { blocks, duration, moment } from '../text.js';
import { exitCodeOf, followRun, poll } from './follow.js';
import { renderEnd } from './run.js';

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** The whole run as a tree, painted over as it goes on; where nobody looks at a screen, each step as it ends. */
export const watchRun = async (session: Session, run: RunId): Outcome => {
  const { terminal, clock, api, json } = session;
  if (!terminal.isScreen || json) return followRun(session, run);
  return poll(session, `signalbox run ${run} --watch`, async () => {
    const answer = await api.get<RunAnswer>(runPath(run));
    terminal.out(CLEAR_SCREEN + moment(clock.now()));
    show(session, answer, (seen) => renderTree(seen, clock.now()));
    return exitCodeOf(answer.run);
  });
};

/** A branch for each stage; what goes on now says for how long it has. */
export const renderTree = (answer: RunAnswer, nowMs: number): string => {
  const { run, steps } = answer;
  const { kind, group, from, to } = run.plan;
  const stages = [...new Set(steps.map(({ stage }) => stage))];
  const branches = stages.flatMap((stage, at) => {
    const isLast = at === stages.length - 1;
    const within = steps.filter((step) => step.stage === stage);
    const leaves = within.map(
      (step, leaf) => `${isLast ? '   ' : '|  '}${leaf === within.length - 1 ? '`' : '|'}- ${leafOf(step, nowMs)}`,
    );
    return [
      `${isLast ? '`' : '|'}- stage ${stage}${stage === run.stage && !isTerminal(run.phase) ? ' (now)' : ''}`,
      ...leaves,
    ];
  });
  return blocks(
    [`${kind} of ${group}, ${from} → ${to}, epoch ${run.epoch}: ${run.phase}`, ...branches].join('\n'),
    renderEnd(answer),
  );
};

const leafOf = (step: StepRecord, nowMs: number): string => {
  const { name, runsAt, status, startedAt, finishedAt, attempt, problem, pointOfNoReturn } = step;
  const tookMs = startedAt === undefined ? undefined : (finishedAt ?? nowMs) - startedAt;
  return [
    `${MARKS[status] ?? ' '} ${name} at ${runsAt}: ${status}`,
    tookMs === undefined ? '' : `, ${isSettled(status) ? '' : 'for '}${duration(tookMs)}`,
    attempt > 1 ? `, attempt ${attempt}` : '',
    pointOfNoReturn ? ', the point of no return' : '',
    problem === undefined ? '' : ` (${problem})`,
  ].join('');
};

/** So that a step that went wrong is found without reading. */
const MARKS: Readonly<Partial<Record<StepRecord['status'], string>>> = {
  done: '+',
  open: '>',
  taken: '>',
  refused: '!',
  failed: '!',
  unknown: '?',
  unreachable: '!',
  skipped: '-',
};
