import { describe, expect, it } from '@jest/globals';
import { VETO_KINDS } from '#libs/decision';
import { play } from './play.js';
import { FILES, happening, HEAVY, textOf } from './recorded.js';
import { parseScript } from './script.js';

describe('scenarios', () => {
  it.each(FILES.filter((file) => !HEAVY.includes(file)))('%s happens as it was recorded', async (file) => {
    expect(await happening(file)).toEqual({ text: textOf(file), wrongs: [] });
  });

  const all = FILES.map(textOf).join('\n');

  it.each(VETO_KINDS.map(({ name }) => name.replace('*', '')))('veto %s stands in the way in one of them', (name) => {
    expect(all).toContain(`veto ${name}`);
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9])('row %d of the verdict decides in one of them', (row) => {
    expect(all).toContain(`by verdict-${row}-`);
  });

  it('name the line that nobody understands', async () => {
    await expect(play(parseScript('open the pod bay doors\n'))).rejects.toThrow('open the pod bay doors');
    await expect(play(parseScript('given a miracle\n'))).rejects.toThrow('given a miracle');
  });
});
