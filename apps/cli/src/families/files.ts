import {
  exportAudit,
  printCheckpoints,
  verifyAuditFiles,
  verifyAuditOfAll,
  type ExportSubject,
} from '../commands/audit.js';
import { printCompletion, SHELLS, type Shell } from '../commands/completion.js';
import { UsageError } from '../errors.js';
import { checkConfig } from '../commands/config-check.js';
import { replayFiles } from '../commands/replay.js';
import { verifyData } from '../commands/verify-data.js';
import { keyringIn } from '../session.js';
import type { Runner, SignalboxCommand } from '../signalbox-command.js';
import { loadTopology } from '#libs/topology';
import { Argument, InvalidArgumentError } from 'commander';

/** What is kept, and what is checked before anything runs. */
export const describeFiles = (program: SignalboxCommand, runner: Runner): void => {
  program.commandsGroup('Files:');
  const audit = program.command('audit').description("every group's chain of decisions");
  audit
    .command('export [group]')
    .option('--site <site>', "instead of a group's: what was asked of this site's orchestrators")
    .description('print a chain, one entry a line; it can be verified offline')
    .needs('viewer')
    .action(async (group: string | undefined, { site }: { site?: string }) =>
      runner.asking((session) => exportAudit(session, subjectOf(group, site))),
    );
  audit
    .command('checkpoints')
    .description('print what the sites signed of all chains, one a line: to be kept elsewhere')
    .needs('viewer')
    .action(async () => runner.asking(printCheckpoints));
  audit
    .command('verify [files...]')
    .description('check exports and checkpoints together, which needs no token; without a file, every group')
    .needs('viewer')
    .action(async (files: readonly string[]) => {
      if (files.length === 0)
        return runner.asking(async (session) => verifyAuditOfAll(session, await keyringIn(session.config)));
      return runner.offline(async ({ terminal, options: { config, json = false } }) =>
        verifyAuditFiles(files, { terminal, json }, await keyringIn(config)),
      );
    });
  program
    .command('replay <files...>')
    .option('--with <file>', 'by this signalbox.yaml instead of the settings that were in force')
    .description('decide recorded histories once more; ends with 8 where something comes out otherwise')
    .needs('none')
    .action(async (files: readonly string[], { with: other }: { with?: string }) =>
      runner.offline(async ({ terminal, options: { config, json = false } }) => {
        const instead = other === undefined ? undefined : await loadTopology(other);
        return replayFiles(files, { terminal, json }, { keyring: await keyringIn(config), instead });
      }),
    );
  program
    .command('config')
    .description('look at signalbox.yaml')
    .command('check [file]')
    .description('say everything that is wrong with it (default: --config)')
    .needs('none')
    .action(async (file?: string) =>
      runner.offline(({ terminal, options: { config, json = false } }) => checkConfig(file ?? config, terminal, json)),
    );
  program
    .command('verify-data <group>')
    .option('--flow <flow>', 'one of its flows (default: those out of its home)')
    .option('--last <records>', 'of each partition, from its end back', recordsFrom, LAST_RECORDS)
    .description(
      'compare the records of both ends of a flow, with the logins of signalbox.yaml; ends with 9 where they differ',
    )
    .needs('none')
    .action(async (group: string, { flow, last }: { flow?: string; last: number }) =>
      runner.offline(async ({ terminal, clock, options: { config, json = false } }) =>
        verifyData(group, { last, ...(flow !== undefined && { flow }) }, { config, terminal, json, clock }),
      ),
    );
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'of which shell').choices(SHELLS))
    .description('print what a shell completes commands and options by: source <(signalbox completion bash)')
    .needs('none')
    .action(async (shell: Shell) => runner.offline(({ terminal }) => printCompletion(shell, program, terminal)));
};

const LAST_RECORDS = 10_000;

const recordsFrom = (text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 1 to 9999999.');
};

const subjectOf = (group: string | undefined, site: string | undefined): ExportSubject => {
  if (group !== undefined && site === undefined) return { group };
  if (site !== undefined && group === undefined) return { site };
  throw new UsageError('one chain at a time', 'name a group, or a site with --site');
};
