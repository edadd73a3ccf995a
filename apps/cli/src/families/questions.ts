import { RequestKindWire, SalvageAsWire } from '#libs/contracts';
import { Option } from 'commander';
import { explain } from '../commands/explain.js';
import { forecast, type ForecastOptions } from '../commands/forecast.js';
import { exportPlan, plan, type PlanOptions } from '../commands/plan.js';
import { preflight } from '../commands/preflight.js';
import { rpo } from '../commands/rpo.js';
import { status, type StatusOptions } from '../commands/status.js';
import type { Runner, SignalboxCommand } from '../signalbox-command.js';

/** What changes nothing. */
export const describeQuestions = (program: SignalboxCommand, runner: Runner): void => {
  program.commandsGroup('Look:');
  program
    .command('status')
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .option('--verbose', 'also which records are stranded, and the doorbells of the site')
    .description('clusters with their verdicts, groups, guards, sites on their way back, and what to type next')
    .needs('viewer')
    .action(async (options: StatusOptions) => runner.asking((session) => status(session, options)));
  program
    .command('explain <group>')
    .description('why a group stands where it stands, and what would have to change')
    .needs('viewer')
    .action(async (group: string) => runner.asking((session) => explain(session, group)));
  program
    .command('rpo <group>')
    .description('what the latest failover may have lost, and what it did, by partition')
    .needs('viewer')
    .action(async (group: string) => runner.asking((session) => rpo(session, group)));
  program
    .command('preflight [group]')
    .description('whether a group, or every one, is ready to be moved; ends with 1 when one is not')
    .needs('viewer')
    .action(async (group?: string) => runner.asking((session) => preflight(session, group)));
  program
    .command('forecast [group]')
    .option('--to <site>', 'where to (default: the site the rules would choose)')
    .description('if a group, or every one, failed over now: what is lost, how long it takes, what is in the way')
    .needs('viewer')
    .action(async (group: string | undefined, options: ForecastOptions) =>
      runner.asking((session) => forecast(session, group, options)),
    );
  describePlan(program, runner);
};

const describePlan = (program: SignalboxCommand, runner: Runner): void => {
  const described = withPlanOptions(program.command('plan <group>'))
    .description('dry run of a move with everything in its way; touches nothing')
    .needs('viewer')
    .action(async (group: string, options: PlanOptions) => runner.asking((session) => plan(session, group, options)));
  withPlanOptions(described.command('export <group>'))
    .option('--out <file>', 'write the signed document there')
    .description('the plan as lines to execute by hand when nothing of Signalbox is left')
    .needs('viewer')
    // Its parent knows --kind and --to as well, and takes them wherever they stand.
    .action(async (group: string, _: unknown, command: SignalboxCommand) =>
      runner.asking((session) => exportPlan(session, group, command.optsWithGlobals<PlanOptions & { out?: string }>())),
    );
};

const withPlanOptions = (command: SignalboxCommand): SignalboxCommand =>
  command
    .addOption(new Option('--kind <kind>', 'what would run (default: failover)').choices(RequestKindWire.options))
    .option('--to <site>', 'the site it concerns (default: the one the rules would choose)')
    .addOption(
      new Option('--as <what>', 'what becomes of stranded records, for a salvage').choices(SalvageAsWire.options),
    );
