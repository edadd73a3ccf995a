import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { commandsOf, everything } from '../reference.js';
import { completionScript, SHELLS } from './completion.js';

const program = everything();

/** What bash itself offers after a line, with the last word still being typed. */
const offeredByBash = (line: string): readonly string[] => {
  const words = line.split(' ');
  const typed = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
  const script = `${completionScript('bash', program)}\n${typed}; _signalbox; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
};

describe('completion', () => {
  it.each([
    ['signalbox pre', ['preflight']],
    ['signalbox run sk', ['skip']],
    ['signalbox --json run sk', ['skip']],
    ['signalbox switchover orders --dry', ['--dry-run']],
    ['signalbox status --ver', ['--verbose']],
    ['signalbox audit ', ['export', 'checkpoints', 'verify']],
  ])('of bash offers after %s: %j', (line, expected) => {
    expect(offeredByBash(line)).toEqual(expect.arrayContaining(expected));
  });

  it.each(SHELLS)('of %s knows every command', (shell) => {
    const script = completionScript(shell, program);
    for (const [name] of commandsOf(program)) expect(script).toContain(name.split(' ').at(-1));
  });
});
