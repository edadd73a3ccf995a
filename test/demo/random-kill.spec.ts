import { describe, expect, it } from '@jest/globals';
import { draw, pick } from './random-kill.js';

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

describe('what a seed draws', () => {
  it('is the same every time, and another thing for another purpose', () => {
    expect(draw(7, 'process')).toBe(draw(7, 'process'));
    expect(draw(7, 'process')).not.toBe(draw(7, 'moment'));
    expect(draw(7, 'process')).not.toBe(draw(8, 'process'));
  });

  it('reaches all there is to choose from', () => {
    const chosen = new Set(SEEDS.map((seed) => pick(['x', 'y', 'z'], draw(seed, 'any'))));
    expect(chosen).toEqual(new Set(['x', 'y', 'z']));
  });
});
