import { describe, expect, it } from '@jest/globals';
import { scheduleOf } from './faults/schedule.js';
import { play } from './play.js';

/** One hour each: the many are lived through in CI's heavy suites. */
const SEEDS = [2, 5];

describe('a life of three sites under faults', () => {
  it.each(SEEDS)('is as it has to be after every event, with seed %i', async (seed) => {
    const { violations } = await play(scheduleOf(seed, 1));
    expect(violations).toEqual([]);
  });

  it('goes the same way every time', async () => {
    const lives = [await play(scheduleOf(2, 1)), await play(scheduleOf(2, 1))];
    expect(lives[0]?.hash).toBe(lives[1]?.hash);
  });
});
