import { CommanderError } from 'commander';
import { TopologyError } from '#libs/topology';
import type { Outcome, Session, Terminal } from './command.js';
import { CliError, RefusedError } from './errors.js';
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.js';
import { describeFiles } from './families/files.js';
import { describeOrders } from './families/orders.js';
import { describeQuestions } from './families/questions.js';
import { describeRequests } from './families/requests.js';
import { describeRuns } from './families/runs.js';
import { exampleText } from './help-examples.js';
import { openSession, type GlobalOptions, type Surroundings } from './session.js';
import { SignalboxCommand, type Desk, type Runner } from './signalbox-command.js';

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

/** What is wrong with a command line, in commander's words; undefined when it would run. Runs nothing. */
export const problemWith = async (args: readonly string[]): Promise<string | undefined> => {
  const program = programOf({ asking: async () => undefined, offline: async () => undefined });
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    throw error;
  }
};

/** Every command of Signalbox, run by `runner`; says nothing unless it is told where. */
export const programOf = (
  runner: Runner,
  terminal: Pick<Terminal, 'out' | 'err'> = { out: () => undefined, err: () => undefined },
  config = 'signalbox.yaml',
): SignalboxCommand => {
  const program = new SignalboxCommand('signalbox')
    .description('Ask and steer Signalbox. Every command talks to the first orchestrator that can answer.')
    .option('--json', 'print exactly what was answered, as JSON')
    .option('--config <file>', 'signalbox.yaml (default: $SIGNALBOX_CONFIG, else signalbox.yaml)')
    .option('--api <url>', 'an orchestrator to ask; repeat for more (default: every site of signalbox.yaml)', collect)
    .option('--token-file <file>', 'a file that holds your token, never the token itself (default: $SIGNALBOX_TOKEN)')
    .option('--idempotency-key <key>', 'of what is asked for: the same key twice is done once (default: a new one)')
    .setOptionValue('config', config)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  describeQuestions(program, runner);
  describeRequests(program, runner);
  describeRuns(program, runner);
  describeOrders(program, runner);
  describeFiles(program, runner);
  showExamples(program);
  return program;
};

const showExamples = (command: SignalboxCommand, name = ''): void => {
  for (const each of command.commands) {
    const below = `${name} ${each.name()}`.trim();
    each.addHelpText('after', exampleText(below));
    showExamples(each as SignalboxCommand, below);
  }
};

const EXIT_CODES = [
  '\nExit codes:',
  ...Object.entries(EXIT).map(
    ([name, code]) => `  ${String(code).padEnd(4)} ${EXIT_MEANINGS[name as keyof typeof EXIT]}`,
  ),
].join('\n');

const collect = (url: string, before: readonly string[] = []): readonly string[] => [...before, url];

/** One command line, and what it ends with. */
class CommandLine implements Runner {
  readonly program: SignalboxCommand;
  exitCode: ExitCode = EXIT.ok;

  constructor(private readonly surroundings: Surroundings) {
    const { terminal, environment } = surroundings;
    this.program = programOf(this, terminal, environment['SIGNALBOX_CONFIG']);
  }

  async asking(command: (session: Session, desk: Desk) => Outcome, { withoutLogin } = { withoutLogin: false }) {
    this.exitCode = await command(await openSession(this.options, this.surroundings, withoutLogin), this.desk);
  }

  async offline(command: (desk: Desk) => Outcome): Promise<void> {
    this.exitCode = await command(this.desk);
  }

  fail(error: CliError | TopologyError, exitCode: ExitCode, remedy: string): ExitCode {
    const { terminal } = this.surroundings;
    if (this.options.json) terminal.out(JSON.stringify({ error: asJson(error, remedy) }, null, 2));
    else terminal.err(asText(error, remedy));
    return exitCode;
  }

  private get desk(): Desk {
    const { terminal, clock } = this.surroundings;
    return { terminal, clock, options: this.options };
  }

  private get options(): GlobalOptions {
    return this.program.opts<GlobalOptions>();
  }
}

const asJson = (error: CliError | TopologyError, remedy: string) => {
  const { code, message } = error;
  if (!(error instanceof RefusedError)) return { code, message, remedy };
  const { refusal, vetoes } = error;
  return { code, refusal, message, remedy, ...(vetoes.length > 0 && { vetoes }) };
};

/** What happened, and what to do. */
const asText = (error: CliError | TopologyError, remedy: string): string => {
  if (error instanceof RefusedError && error.text !== undefined) return error.text;
  return remedy ? `${error.message}\n  → ${remedy}` : error.message;
};
