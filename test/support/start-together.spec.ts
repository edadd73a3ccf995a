import { describe, expect, it } from '@jest/globals';
import { startTogether } from './start-together.js';

const part = () => {
  const ended: string[] = [];
  return { ended, end: async () => void ended.push('ended') };
};

describe('starting together', () => {
  it('returns all of them in order', async () => {
    const [one, other] = [part(), part()];
    const started = await startTogether(Promise.resolve(one), Promise.resolve(other));
    expect(started).toEqual([one, other]);
    expect([one.ended, other.ended]).toEqual([[], []]);
  });

  it('ends what did start when one does not, also what starts after that failure', async () => {
    const [early, late] = [part(), part()];
    const failure = new Error('no port');
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof part>>();
    const starting = startTogether(Promise.resolve(early), Promise.reject(failure), promise);
    resolve(late);
    await expect(starting).rejects.toBe(failure);
    expect([early.ended, late.ended]).toEqual([['ended'], ['ended']]);
  });
});
