import { exportAudit, verifyAuditFile, verifyAuditOfGroups } from '../commands/audit.js';
import { checkConfig } from '../commands/config-check.js';
import { keyringIn } from '../session.js';
import type { Runner, SignalboxCommand } from '../signalbox-command.js';

/** What is kept, and what is checked before anything runs. */
export const describeFiles = (program: SignalboxCommand, runner: Runner): void => {
  program.commandsGroup('Files:');
  const audit = program.command('audit').description("every group's chain of decisions");
  audit
    .command('export <group>')
    .description('print the chain, one entry a line; it can be verified offline')
    .needs('viewer')
    .action(async (group: string) => runner.asking((session) => exportAudit(session, group)));
  audit
    .command('verify [file]')
    .description('check an export, which needs no token; without a file, the chain of every group')
    .needs('viewer')
    .action(async (file?: string) => {
      if (file === undefined)
        return runner.asking(async (session) => verifyAuditOfGroups(session, await keyringIn(session.config)));
      return runner.offline(async ({ terminal, options: { config, json = false } }) =>
        verifyAuditFile(file, { terminal, json }, await keyringIn(config)),
      );
    });
  program
    .command('config')
    .description('look at signalbox.yaml')
    .command('check [file]')
    .description('say everything that is wrong with it (default: --config)')
    .needs('none')
    .action(async (file?: string) =>
      runner.offline(({ terminal, options: { config, json = false } }) => checkConfig(file ?? config, terminal, json)),
    );
};
