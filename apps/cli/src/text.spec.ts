import { describe, expect, it } from '@jest/globals';
import { duration, table } from './text.js';

describe('duration', () => {
  it('uses the unit a person would', () => {
    expect([0, 850, 3_120, 60_000, 250_000, 7_500_000].map(duration)).toEqual([
      '0 ms',
      '850 ms',
      '3.1 s',
      '1 min',
      '4 min 10 s',
      '2 h 5 min',
    ]);
  });
});

describe('table', () => {
  it('aligns all columns but the last', () => {
    expect(table(['A', 'BB', 'C'], [['long', 'x', 'y']])).toBe('A     BB  C\nlong  x   y');
  });

  it('loses no column when there is nothing to say', () => {
    const [, row = ''] = table(['A', 'B', 'C', 'D'], [['x', '', 'two words', '']]).split('\n');
    expect(row.split(/ {2,}/)).toEqual(['x', '-', 'two words', '-']);
  });
});
