import { describe, expect, it } from '@jest/globals';
import { backlogOf, beyondTheEnd } from './backlog.js';

const extent = (partition: number, start: number, end: number) => ({ topic: 'orders', partition, start, end });

describe(backlogOf.name, () => {
  it('goes from the position, or the beginning of what was never copied, to the end', () => {
    const extents = [extent(0, 0, 10), extent(1, 3, 8), extent(2, 5, 5), extent(3, 0, 4)];
    expect(backlogOf(extents, { 'orders-0': 7, 'orders-3': 4, 'gone-0': 9 })).toEqual({
      records: 8,
      ranges: [
        { topic: 'orders', partition: 0, from: 7, to: 10 },
        { topic: 'orders', partition: 1, from: 3, to: 8 },
      ],
    });
  });

  it('does not count what the source has deleted since', () => {
    expect(backlogOf([extent(0, 6, 10), extent(1, 10, 10)], { 'orders-0': 2, 'orders-1': 4 })).toEqual({
      records: 4,
      ranges: [{ topic: 'orders', partition: 0, from: 6, to: 10 }],
    });
  });
});

describe(beyondTheEnd.name, () => {
  it('names the positions that the source has never reached', () => {
    const extents = [extent(0, 0, 10), extent(1, 0, 3), extent(2, 0, 0)];
    expect(beyondTheEnd(extents, { 'orders-0': 10, 'orders-1': 40, 'other-0': 1 })).toEqual({ 'orders-1': 40 });
  });
});
