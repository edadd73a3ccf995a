import type { Command } from 'commander';
import type { Outcome, Terminal } from '../command.js';
import { EXIT } from '../exit-code.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A word that may come next. */
interface Word {
  readonly word: string;
  readonly does: string;
}

/** By what was typed before: `signalbox`, `signalbox run`. */
type Words = ReadonlyMap<string, readonly Word[]>;

/** What a shell reads to complete commands and options; made from the program, so that it knows every one. */
export const printCompletion = async (shell: Shell, program: Command, terminal: Terminal): Outcome => {
  terminal.out(completionScript(shell, program));
  return EXIT.ok;
};

export const completionScript = (shell: Shell, program: Command): string => SCRIPTS[shell](wordsOf(program));

const wordsOf = (program: Command): Words => {
  const everywhere = optionsOf(program);
  const found = new Map<string, readonly Word[]>();
  const visit = (at: string, command: Command) => {
    const below = command.commands.map((each) => ({ word: each.name(), does: each.description() }));
    found.set(at, [...below, ...optionsOf(command), ...(command === program ? [] : everywhere)]);
    for (const each of command.commands) visit(`${at} ${each.name()}`, each);
  };
  visit(program.name(), program);
  return found;
};

const optionsOf = ({ options }: Command): readonly Word[] =>
  options.flatMap(({ long, description }) => (long ? [{ word: long, does: description }] : []));

/** Every text is ours, and none has a quote that would end it: they are doubled or escaped all the same. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const list = (words: readonly Word[]): string => quoted(words.map(({ word }) => word).join(' '));

const bash = (words: Words): string =>
  [
    '# signalbox: source <(signalbox completion bash)',
    'declare -gA _signalbox_words=(',
    ...[...words].map(([at, next]) => `  [${quoted(at)}]=${list(next)}`),
    ')',
    '_signalbox() {',
    '  local word at=signalbox',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    [[ -n "${_signalbox_words["$at $word"]+known}" ]] && at="$at $word"',
    '  done',
    '  COMPREPLY=($(compgen -W "${_signalbox_words["$at"]}" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _signalbox signalbox',
  ].join('\n');

const zsh = (words: Words): string =>
  [
    '#compdef signalbox',
    '# signalbox: source <(signalbox completion zsh)',
    'typeset -gA _signalbox_words',
    '_signalbox_words=(',
    ...[...words].map(([at, next]) => `  ${quoted(at)} ${list(next)}`),
    ')',
    '_signalbox() {',
    '  local word at=signalbox',
    '  for word in ${words[2,CURRENT-1]}; do',
    '    (( ${+_signalbox_words[$at $word]} )) && at="$at $word"',
    '  done',
    '  compadd -- ${=_signalbox_words[$at]} || _files',
    '}',
    'compdef _signalbox signalbox',
  ].join('\n');

const fish = (words: Words): string =>
  [
    '# For fish: into ~/.config/fish/completions/signalbox.fish',
    `set -g __signalbox_words ${[...words.keys()].map(quoted).join(' ')}`,
    'function __signalbox_at',
    '  set -l at signalbox',
    '  for word in (commandline -opc)[2..-1]',
    '    contains -- "$at $word" $__signalbox_words; and set at "$at $word"',
    '  end',
    '  test "$at" = "$argv[1]"',
    'end',
    ...[...words].flatMap(([at, next]) => next.map((each) => fishLine(at, each))),
  ].join('\n');

const fishLine = (at: string, { word, does }: Word): string => {
  const [program = ''] = at.split(' ');
  const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
  return `complete -c ${program} -n ${quoted(`__signalbox_at "${at}"`)} ${what} -d ${quoted(does)}`;
};

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = { bash, zsh, fish };
