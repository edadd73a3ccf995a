import { Command, CommanderError } from 'commander';
import { TopologyError } from '#libs/topology';
import { answerApproval, type AnswerOptions } from './commands/approval.js';
import { exportAudit, verifyAuditFile, verifyAuditOfGroups } from './commands/audit.js';
import { checkConfig } from './commands/config-check.js';
import { explain } from './commands/explain.js';
import { freeze, unfreeze } from './commands/freeze.js';
import { plan } from './commands/plan.js';
import { run } from './commands/run.js';
import { runs } from './commands/runs.js';
import { status, watchStatus } from './commands/status.js';
import type { Outcome, Session } from './command.js';
import { CliError } from './errors.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { keyringIn, openSession, type GlobalOptions, type Surroundings } from './session.js';

const EXIT_CODES = `
Exit codes: 0 done, 1 refused, 2 usage, 3 no orchestrator answered, 4 forbidden, 5 audit chain broken, 78 bad config.`;

/** Runs one command line. What a person can mend is said and becomes an exit code; only bugs are thrown. */
export const runCommandLine = async (args: readonly string[], surroundings: Surroundings): Promise<ExitCode> => {
  const line = new CommandLine(surroundings);
  try {
    await line.program.parseAsync(args, { from: 'user' });
    return line.exitCode;
  } catch (error) {
    // Commander has printed its own message already; asking for help is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CliError) return line.fail(error, error.exitCode, error.remedy);
    if (error instanceof TopologyError) return line.fail(error, EXIT.badConfig, 'mend it, or ask with --api <url>');
    throw error;
  }
};

/** The commands, each of which leaves its exit code here. */
class CommandLine {
  readonly program = new Command('signalbox');
  exitCode: ExitCode = EXIT.ok;

  constructor(private readonly surroundings: Surroundings) {
    const { terminal, environment } = surroundings;
    this.program
      .description('Ask and steer Signalbox. Every command talks to the first orchestrator that can answer.')
      .option('--json', 'print exactly what was answered, as JSON')
      .option('--config <file>', 'signalbox.yaml', environment['SIGNALBOX_CONFIG'] ?? 'signalbox.yaml')
      .option('--api <url>', 'an orchestrator to ask; repeat for more (default: every site of signalbox.yaml)', collect)
      .option('--token-file <file>', 'a file that holds your token (default: $SIGNALBOX_TOKEN)')
      .addHelpText('after', EXIT_CODES)
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        writeErr: (text) => terminal.err(text.trimEnd()),
      });
    this.describeQuestions();
    this.describeOrders();
    this.describeFiles();
  }

  fail(error: CliError | TopologyError, exitCode: ExitCode, remedy: string): ExitCode {
    const { code, message } = error;
    if (this.options.json)
      this.surroundings.terminal.out(JSON.stringify({ error: { code, message, remedy } }, null, 2));
    else this.surroundings.terminal.err(remedy ? `${message}\n  → ${remedy}` : message);
    return exitCode;
  }

  private get options(): GlobalOptions {
    return this.program.opts<GlobalOptions>();
  }

  private async asking(command: (session: Session) => Outcome): Promise<void> {
    this.exitCode = await command(await openSession(this.options, this.surroundings));
  }

  private describeQuestions(): void {
    this.program
      .command('status')
      .option('--watch', 'again every two seconds, until Ctrl-C')
      .description('clusters, groups and guards as the journal has them')
      .action(async ({ watch }: { watch?: boolean }) =>
        this.asking((session) => (watch ? watchStatus(session, this.surroundings.interruption()) : status(session))),
      );
    this.program
      .command('explain <group>')
      .description('why a group stands where it stands, and what would have to change')
      .action(async (group: string) => this.asking((session) => explain(session, group)));
    this.program
      .command('plan <group>')
      .description('what a failover would do now; touches nothing')
      .action(async (group: string) => this.asking((session) => plan(session, group)));
    this.program
      .command('runs')
      .description('runs, latest first')
      .action(async () => this.asking(runs));
    this.program
      .command('run <id>')
      .description('the steps of a run, and what each of them read back')
      .action(async (id: string) => this.asking((session) => run(session, id)));
  }

  private describeOrders(): void {
    this.program
      .command('freeze <group>')
      .requiredOption('--reason <text>', 'why; everybody reads it')
      .requiredOption('--for <duration>', 'when it ends by itself: 30m, 2h, 1d')
      .description('keep a group from acting')
      .action(async (group: string, options: { reason: string; for: string }) =>
        this.asking((session) => freeze(session, group, options.reason, options.for)),
      );
    this.program
      .command('unfreeze <group>')
      .requiredOption('--reason <text>', 'why; stands in the audit')
      .description('end a freeze')
      .action(async (group: string, { reason }: { reason: string }) =>
        this.asking((session) => unfreeze(session, group, reason)),
      );
    for (const answer of ['approve', 'deny'] as const)
      this.program
        .command(`${answer} <approval>`)
        .option('--reason <text>', 'why; stands in the audit')
        .description(`${answer} an open approval`)
        .action(async (id: string, options: AnswerOptions) =>
          this.asking((session) => answerApproval(session, answer, id, options)),
        );
  }

  private describeFiles(): void {
    const audit = this.program.command('audit').description("every group's chain of decisions");
    audit
      .command('export <group>')
      .description('print the chain, one entry a line; it can be verified offline')
      .action(async (group: string) => this.asking((session) => exportAudit(session, group)));
    audit
      .command('verify [file]')
      .description('check an export; without a file, the chain of every group')
      .action(async (file?: string) => {
        const { config, json = false } = this.options;
        const keyring = await keyringIn(config);
        if (file === undefined) return this.asking((session) => verifyAuditOfGroups(session, keyring));
        this.exitCode = await verifyAuditFile(file, { terminal: this.surroundings.terminal, json }, keyring);
      });
    this.program
      .command('config')
      .description('look at signalbox.yaml')
      .command('check [file]')
      .description('say everything that is wrong with it (default: --config)')
      .action(async (file?: string) => {
        const { config, json = false } = this.options;
        this.exitCode = await checkConfig(file ?? config, this.surroundings.terminal, json);
      });
  }
}

const collect = (url: string, before: readonly string[] = []): readonly string[] => [...before, url];
