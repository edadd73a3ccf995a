import { readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { wordsOf } from './command-words.js';
import { EVERY_EXAMPLE } from './examples/every-example.js';
import { play } from './examples/play.js';
import { problemWith } from './program.js';
import { commandReference, commandsOf, everything } from './reference.js';

jest.setTimeout(60_000);

const examples = Object.entries(EVERY_EXAMPLE).flatMap(([name, each]) => each.map((one) => ({ name, ...one })));

describe('docs/cli.md', () => {
  it('is what the program makes: run npm run docs', async () => {
    const file = new URL('../../../../docs/cli.md', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(await commandReference());
  });

  it('has an example for every command, and for nothing else', () => {
    const names = commandsOf(everything()).map(([name]) => name);
    expect(Object.keys(EVERY_EXAMPLE).toSorted()).toEqual(names.toSorted());
    expect(Object.values(EVERY_EXAMPLE).filter((each) => each.length === 0)).toEqual([]);
  });
});

describe('every example', () => {
  it.each(examples)('$line: is of $name, and ends with $exitCode', async (example) => {
    expect(example.line).toMatch(new RegExp(`^signalbox ${example.name}( |$)`));
    expect(await problemWith(wordsOf(example.line).slice(1))).toBeUndefined();
    const { exitCode, asked } = await play(example);
    expect(exitCode).toBe(example.exitCode);
    // Exactly what was canned was asked for: no answer stands there for nothing, and nothing was made up.
    expect([...new Set(asked.map(({ line }) => line))].toSorted()).toEqual(Object.keys(example.answers).toSorted());
  });

  it('that changes something carries one idempotency key, and no question does', async () => {
    for (const example of examples) {
      const { asked } = await play(example);
      const keys = asked.map(({ line, key }) => `${line.split(' ')[0]} ${key}`);
      expect(keys.filter((key) => key !== 'GET ' && key !== 'POST example-key-1')).toEqual([]);
    }
  });

  it('prints columns that can be split, and no colour', async () => {
    for (const example of examples) {
      const { shown } = await play(example);
      expect(shown).not.toContain('\u001b');
      expect(shown).not.toMatch(/[│┌─]/);
    }
  });
});
