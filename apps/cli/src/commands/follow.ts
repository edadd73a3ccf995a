import type { ExplainAnswer, RunAnswer } from '#libs/contracts';
import {
  isPending,
  isSettled,
  isTerminal,
  type Approval,
  type ApprovalId,
  type GroupId,
  type Run,
  type RunId,
  type StepRecord,
} from '#libs/domain';
import { groupPath, runPath, show, type Outcome, type Session } from '../command.js';
import { NobodyReachableError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { rowPrinter } from '../text.js';
import { renderEnd, RUN_COLUMNS, stepRow } from './run.js';
import { refusalLines } from './vetoes.js';

const POLL_MS = 500;

/** The command has nothing more to tell: with what it ends. Undefined: ask again. */
type Told = ExitCode | undefined;

/** Prints each step as it ends, until the run ends or stands still. Ctrl-C ends the printing, not the run. */
export const followRun = async (session: Session, run: RunId): Outcome => {
  const told = new Set<string>();
  let row: ((cells: readonly string[]) => string) | undefined;
  return poll(session, `signalbox run ${run} --wait`, async () => {
    const answer = await session.api.get<RunAnswer>(runPath(run));
    if (!session.json) {
      row ??= beginTable(session, answer);
      for (const step of unsaid(answer.steps, told)) session.terminal.out(row(stepRow(step)));
    }
    const exitCode = exitCodeOf(answer.run);
    if (exitCode !== undefined) show(session, answer, (last) => `\n${renderEnd(last)}`);
    return exitCode;
  });
};

/** As wide as the steps that are known; those of a compensation may stick out. */
const beginTable = ({ terminal }: Session, { steps }: RunAnswer) => {
  const row = rowPrinter(RUN_COLUMNS, steps.map(stepRow));
  terminal.out(row(RUN_COLUMNS));
  return row;
};

/** Steps that ended, in the order in which they did; one that is tried again may end again. */
const unsaid = (steps: readonly StepRecord[], told: Set<string>): readonly StepRecord[] => {
  const news = steps.filter((step) => isSettled(step.status) && !told.has(keyOf(step)));
  for (const step of news) told.add(keyOf(step));
  return news.toSorted((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
};

const keyOf = ({ name, epoch, attempt, status }: StepRecord) => [name, epoch, attempt, status].join('/');

export const exitCodeOf = ({ phase }: Run): Told => {
  if (phase === 'needs-human') return EXIT.needsHuman;
  if (!isTerminal(phase)) return undefined;
  return phase === 'aborted' ? EXIT.aborted : EXIT.ok;
};

/** Waits for the answer of people, then for the run that follows from it. */
export const followApproval = async (session: Session, group: GroupId, id: ApprovalId): Outcome => {
  let run: RunId | undefined;
  const refused = await poll(session, `signalbox explain ${group}`, async () => {
    run = (await session.api.get<readonly Run[]>('/runs')).find(({ approval }) => approval === id)?.id;
    if (run) return EXIT.ok;
    const approval = (await session.api.get<readonly Approval[]>('/approvals')).find((each) => each.id === id);
    if (!approval || isPending(approval)) return undefined;
    return approval.phase === 'granted' ? whyItDidNotStart(session, group) : tellAnswer(session, approval);
  });
  return run ? followRun(session, run) : refused;
};

const tellAnswer = (session: Session, approval: Approval): ExitCode => {
  const { id, phase, decidedBy, reason } = approval;
  const who = decidedBy ? ` by ${decidedBy}` : '';
  show(session, approval, () => `Approval ${id} is ${phase}${who}${reason ? `: ${reason}` : ''}. Nothing was done.`);
  return EXIT.refused;
};

/** Asked for by a person, and by the rules. */
const APPROVED_BUT_VETOED: readonly string[] = ['approved-but-vetoed', 'approved-failover-vetoed'];

/** An approved run looks at the world once more before it starts. */
const whyItDidNotStart = async (session: Session, group: GroupId): Promise<Told> => {
  const answer = await session.api.get<ExplainAnswer>(groupPath(group, 'explain'));
  if (!APPROVED_BUT_VETOED.includes(answer.rule)) return undefined;
  const lines = refusalLines(answer.vetoes, group);
  show(session, answer, () => ['It was approved, and facts have changed since:', ...lines].join('\n'));
  return EXIT.refused;
};

/** Asks until there is something to end with. Nobody to be reached is said once, and is no end. */
export const poll = async (session: Session, later: string, ask: () => Promise<Told>): Outcome => {
  const signal = session.interruption();
  let isCutOff = false;
  while (!signal.aborted) {
    try {
      const told = await ask();
      if (told !== undefined) return told;
      isCutOff = false;
    } catch (error) {
      if (!(error instanceof NobodyReachableError)) throw error;
      if (!isCutOff) session.terminal.err(`${error.message}; still trying`);
      isCutOff = true;
    }
    await session.clock.sleep(POLL_MS, signal);
  }
  session.terminal.err(`interrupted; it goes on without you. Look again with: ${later}`);
  return EXIT.interrupted;
};
