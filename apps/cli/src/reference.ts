import { EXIT, EXIT_MEANINGS } from './exit-code.js';
import { EVERY_EXAMPLE } from './examples/every-example.js';
import type { Example } from './examples/example.js';
import { play } from './examples/play.js';
import { programOf } from './program.js';
import { NEEDS, type SignalboxCommand } from './signalbox-command.js';

/** The text of docs/cli.md: the program itself, with its examples as they run now. Written by `npm run docs`. */
export const commandReference = async (): Promise<string> => {
  const program = everything();
  const commands = commandsOf(program);
  const sections: string[] = [];
  for (const [name, command] of commands) sections.push(await section(name, command));
  return `${[
    PREAMBLE,
    '## Commands',
    markdownTable(['command', 'role', 'does'], commands.map(overviewRow)),
    '## Options of every command',
    optionTable(program),
    '## Exit codes',
    markdownTable(
      ['code', 'means'],
      Object.entries(EXIT).map(([name, code]) => [String(code), EXIT_MEANINGS[name as keyof typeof EXIT]]),
    ),
    EXAMPLES_PREAMBLE,
    ...sections,
  ].join('\n\n')}\n`;
};

/** Every command that does something, by what is typed: `run`, `run retry`. */
export const commandsOf = (program: SignalboxCommand): readonly (readonly [name: string, SignalboxCommand])[] =>
  program.commands.flatMap((each) => {
    const command = each as SignalboxCommand;
    const below = commandsOf(command).map(([name, inner]) => [`${command.name()} ${name}`, inner] as const);
    return command.role === undefined ? below : [[command.name(), command] as const, ...below];
  });

/** The program as it is, run by nobody. */
export const everything = (): SignalboxCommand =>
  programOf({ asking: async () => undefined, offline: async () => undefined });

const PREAMBLE = `# signalbox, the command line

<!-- Made by \`npm run docs\` from apps/cli: change it there. -->

Every command asks one orchestrator after the other, two seconds each, and uses the first that can answer; when that was
not the first one it says on stderr which it tried and why they were of no use. An orchestrator that cannot reach the
journal shows its own view, marked \`UNRECORDED\`, and is used only when nobody has a better one.

What changes something carries one idempotency key per command line, the same to whomever it is sent: done once, however
often it arrives. When nobody answers, the error names the key to send it again with.

For scripts: answers are on stdout, errors on stderr. Columns are at least two spaces apart, keep their names, and an
empty one is a \`-\`, so that \`awk -F '  +'\` splits them. Only on a terminal are long lines wrapped to its width, and alarms
red, unless \`NO_COLOR\` is set. Nothing ever asks back. With \`--json\` stdout
holds exactly what was answered (with \`--wait\`, the last answer), and a failure is
\`{ "error": { "code", "message", "remedy" } }\`, with \`refusal\`, the orchestrator's own code, and \`vetoes\` where it refused.`;

const EXAMPLES_PREAMBLE = `## Every command by example

What stands below a command line is what it prints; each is run against canned answers whenever the tests run.`;

const overviewRow = ([name, command]: readonly [string, SignalboxCommand]): readonly string[] => [
  `[\`${usageOf(name, command)}\`](#${anchorOf(name)})`,
  roleOf(command),
  command.description(),
];

const usageOf = (name: string, command: SignalboxCommand): string =>
  [
    name,
    ...command.registeredArguments.map((argument) =>
      inBrackets(`${argument.name()}${argument.variadic ? '...' : ''}`, argument.required),
    ),
    ...command.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags),
    ...(command.needsReason ? ['--reason <text>'] : []),
  ].join(' ');

const inBrackets = (name: string, isRequired: boolean): string => (isRequired ? `<${name}>` : `[${name}]`);

const roleOf = ({ role }: SignalboxCommand): string => (role === 'none' || !role ? '–' : role);

const anchorOf = (name: string): string => `signalbox-${name.replaceAll(' ', '-')}`;

const section = async (name: string, command: SignalboxCommand): Promise<string> => {
  const transcripts: string[] = [];
  for (const example of EVERY_EXAMPLE[name] ?? []) transcripts.push(await transcript(example));
  return [
    `### signalbox ${name}`,
    `\`signalbox ${usageOf(name, command)}\`: ${command.description()}. ${NEEDS[command.role ?? 'none']}`,
    ...(command.options.length > 0 ? [optionTable(command)] : []),
    ...transcripts,
  ].join('\n\n');
};

const transcript = async (example: Example): Promise<string> => {
  const { shown, exitCode } = await play(example);
  const ending = exitCode === EXIT.ok ? '' : `\n$ echo $?\n${exitCode}`;
  return ['```console', `$ ${example.line}`, shown + ending, '```'].join('\n');
};

const optionTable = ({ options }: SignalboxCommand): string =>
  markdownTable(
    ['option', 'does'],
    options.map(({ flags, description, mandatory, argChoices }) => [
      `\`${flags}\``,
      `${description}${argChoices ? `: ${argChoices.join(', ')}` : ''}${mandatory ? '; required' : ''}`,
    ]),
  );

/** As prettier would lay it out. */
const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)));
  const lines = escaped.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
};
