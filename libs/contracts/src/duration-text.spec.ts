import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration-text.js';

describe(parseDuration, () => {
  it('reads a number and a unit, and nothing else', () => {
    expect(['30s', '15m', '2h', '1d'].map(parseDuration)).toEqual([30_000, 900_000, 7_200_000, 86_400_000]);
    expect(['', '30', 'soon', '-1h', '1.5h'].map(parseDuration)).toEqual(Array(5).fill(undefined));
  });
});
