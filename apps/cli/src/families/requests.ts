import { Option } from 'commander';
import { SalvageAsWire, type RequestKind } from '#libs/contracts';
import { request, type RequestOptions } from '../commands/request.js';
import type { Runner, SignalboxCommand } from '../signalbox-command.js';

type Given = Omit<RequestOptions, 'reason'> & { readonly reason?: string };

/** What starts a run, at once or after an approval. */
export const describeRequests = (program: SignalboxCommand, runner: Runner): void => {
  const ask = (kind: RequestKind) => async (group: string, given: Given, command: SignalboxCommand) => {
    const options = { ...given, reason: command.reasonGiven(given) };
    return runner.asking((session) => request(session, kind, group, options));
  };

  program.commandsGroup('Move:');
  ordered(program.command('failover <group>'))
    .option('--to <site>', 'where to (default: where the rules would move it)')
    .description('leave a site that is lost; what was not replicated stays behind')
    .action(ask('failover'));
  ordered(program.command('switchover <group>'))
    .requiredOption('--to <site>', 'where to')
    .description('move while both sites are well; loses nothing')
    .action(ask('switchover'));
  ordered(program.command('failback <group>'))
    .description('a switchover to the home site; always approved by somebody else')
    .action(ask('failback'));
  ordered(program.command('reprotect <group>'))
    .option('--site <site>', 'the site in quarantine (default: the one there is)')
    .description('replicate toward a site in quarantine again, from where it was left')
    .action(async (group: string, { site, ...given }: Given & { site?: string }, command: SignalboxCommand) =>
      ask('reprotect')(group, { ...given, ...(site !== undefined && { to: site }) }, command),
    );
  ordered(program.command('salvage <group>'))
    .addOption(
      new Option('--as <what>', 'copied for people to look at, appended where they belong, or left where they are')
        .choices(SalvageAsWire.options)
        .makeOptionMandatory(),
    )
    .option('--site <site>', 'the site in quarantine (default: the one there is)')
    .description('say what becomes of the records that were stranded in a site that is back')
    .action(async (group: string, { site, ...given }: Given & { site?: string }, command: SignalboxCommand) =>
      ask('salvage')(group, { ...given, ...(site !== undefined && { to: site }) }, command),
    );
};

const ordered = (command: SignalboxCommand): SignalboxCommand =>
  command
    .withReasonUnlessDry()
    .option('--plan <hash>', 'as plan prints it: refuse when it would be another plan by now')
    .option(
      '--dry-run',
      'print the plan and everything in its way; touch nothing; ends with 1 when it would be refused',
    )
    .option('--wait', 'print each step as it ends, until the run ends or needs a person')
    .needs('operator');
