import { runId } from '#libs/domain';
import { groupPath, runPath } from '../command.js';
import { followRun } from '../commands/follow.js';
import { changeRun, run } from '../commands/run.js';
import { watchRun } from '../commands/run-tree.js';
import { runs } from '../commands/runs.js';
import type { Runner, SignalboxCommand } from '../signalbox-command.js';

interface Reason {
  readonly reason: string;
}

/** A run: how it goes, and what is done about it while it is open. */
export const describeRuns = (program: SignalboxCommand, runner: Runner): void => {
  program.commandsGroup('Runs:');
  program
    .command('runs')
    .description('runs, latest first')
    .needs('viewer')
    .action(async () => runner.asking(runs));
  const described = program
    .command('run <id>')
    .option('--wait', 'print each step as it ends, until the run ends or needs a person')
    .option('--watch', 'as --wait, on a screen as a tree that is painted over as it goes on')
    .description('the steps of a run, and what each of them read back')
    .needs('viewer')
    .action(async (id: string, { wait, watch }: { wait?: boolean; watch?: boolean }) =>
      runner.asking((session) => {
        if (watch) return watchRun(session, runId(id));
        return wait ? followRun(session, runId(id)) : run(session, runId(id));
      }),
    );
  described
    .command('retry <run>')
    .withReason()
    .description('try again what failed, after it was mended')
    .needs('operator')
    .action(async (id: string, { reason }: Reason) =>
      runner.asking((session) => changeRun(session, runPath(id, 'retry'), { reason }, 'Tried again')),
    );
  described
    .command('skip <run> <step>')
    .withReason()
    .description('go on without a step; a fence is never skipped')
    .needs('operator')
    .action(async (id: string, step: string, { reason }: Reason) =>
      runner.asking((session) => changeRun(session, runPath(id, 'skip'), { step, reason }, 'Skipped')),
    );
  described
    .command('abort <run>')
    .withReason()
    .description('take a run back, before its point of no return')
    .needs('operator')
    .action(async (id: string, { reason }: Reason) =>
      runner.asking((session) => changeRun(session, runPath(id, 'abort'), { reason }, 'Undone')),
    );
  program
    .command('abort <group>')
    .withReason()
    .description('take back the run that a group is in, before its point of no return')
    .needs('operator')
    .action(async (group: string, { reason }: Reason) =>
      runner.asking((session) => changeRun(session, groupPath(group, 'abort'), { reason }, 'Undone')),
    );
};
