import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { VETO_KINDS } from '#libs/decision';
import { play } from './play.js';
import { parseScript, printScript } from './script.js';

const FOLDER = 'test/scenarios';
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

describe('scenarios', () => {
  it.each(FILES)('%s happens as it was recorded', async (file) => {
    const recorded = textOf(file);
    const { cues, wrongs } = await play(parseScript(recorded));
    expect(wrongs).toEqual([]);
    expect(printScript(cues)).toBe(recorded);
  });

  const all = FILES.map(textOf).join('\n');

  it.each(VETO_KINDS.map(({ name }) => name.replace('*', '')))('veto %s stands in the way in one of them', (name) => {
    expect(all).toContain(`veto ${name}`);
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9])('row %d of the verdict decides in one of them', (row) => {
    expect(all).toContain(`by verdict-${row}-`);
  });

  it('names the line that nobody understands', async () => {
    await expect(play(parseScript('open the pod bay doors\n'))).rejects.toThrow('open the pod bay doors');
    await expect(play(parseScript('given a miracle\n'))).rejects.toThrow('given a miracle');
  });
});
