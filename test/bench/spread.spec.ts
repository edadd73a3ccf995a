import { describe, expect, it } from '@jest/globals';
import { spreadOf } from './spread.js';

describe(spreadOf, () => {
  it('finds the middle of an odd number of values by size, not by text', () => {
    expect(spreadOf([900, 1100, 10_000])).toEqual({ median: 1100, min: 900, max: 10_000 });
  });

  it('lies between the two in the middle of an even number', () => {
    expect(spreadOf([4, 1, 3, 100]).median).toBe(3.5);
  });

  it('is the value itself when there is only one', () => {
    expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
  });
});
