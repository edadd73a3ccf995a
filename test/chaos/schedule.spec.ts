import { describe, expect, it } from '@jest/globals';
import { FAULT_NAMES, scheduleOf } from './schedule.js';
import { percentile } from './report.js';

describe('scheduleOf', () => {
  it('gives the same schedule to the same seed', () => {
    expect(scheduleOf(7)).toEqual(scheduleOf(7));
    expect(scheduleOf(7)).not.toEqual(scheduleOf(7 + 15));
  });

  it('has every fault within fifteen seeds in a row', () => {
    const drawn = new Set(Array.from({ length: 15 }, (_, seed) => scheduleOf(100 + seed).fault));
    expect([...drawn].toSorted()).toEqual(FAULT_NAMES.filter((name) => name !== 'none').toSorted());
  });

  it('takes a pinned fault, at the moment of the seed', () => {
    expect(scheduleOf(7, 'no-redis')).toEqual({ ...scheduleOf(7), fault: 'no-redis' });
  });
});

describe('percentile', () => {
  it.each([
    [[], 0.5, null],
    [[3], 0.99, 3],
    [[4, 1, 3, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.99, 4],
  ])('of %j at %f is %j', (values, share, found) => {
    expect(percentile(values, share)).toBe(found);
  });
});
