import { describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { wordsOf } from './command-words.js';
import { HELP_EXAMPLES } from './help-examples.js';
import { problemWith, runCommandLine } from './program.js';
import { commandsOf, everything } from './reference.js';

const names = commandsOf(everything()).map(([name]) => name);

describe('the help of a command', () => {
  it('has an example for each, and for nothing else', () => {
    expect(Object.keys(HELP_EXAMPLES).toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries(HELP_EXAMPLES).flatMap(([name, lines]) => lines.map(([line]) => [name, line] as const)))(
    '%s shows a line that can be typed: %s',
    async (name, line) => {
      expect(line).toMatch(new RegExp(`^signalbox ${name}( |$)`));
      expect(await problemWith(wordsOf(line).slice(1))).toBeUndefined();
    },
  );

  it('is shown with it, and needs no orchestrator and no token', async () => {
    const out: string[] = [];
    const exitCode = await runCommandLine(['run', 'retry', '--help'], {
      terminal: { out: (text) => out.push(text), err: (text) => out.push(text), isScreen: false },
      clock: new SystemClock(),
      random: new SystemRandom(),
      environment: {},
      interruption: () => AbortSignal.abort(),
    });
    expect(exitCode).toBe(0);
    expect(out.join('\n')).toMatch(/Examples:\n {2}signalbox run retry r-7f3a --reason/);
  });
});
