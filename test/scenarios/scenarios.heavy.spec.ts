import { describe, expect, it } from '@jest/globals';
import { happening, HEAVY, textOf } from './recorded.js';

describe('scenarios of many groups', () => {
  it.each(HEAVY)('%s happens as it was recorded', async (file) => {
    expect(await happening(file)).toEqual({ text: textOf(file), wrongs: [] });
  });
});
