import { describe, expect, it } from '@jest/globals';
import { inBatches } from './batch-span.js';

const DAY_MS = 86_400_000;
const at = (...days: readonly number[]) =>
  days.map((day) => ({ key: null, value: null, headers: [], timestamp: 1_700_000_000_000 + day * DAY_MS }));
const daysOf = (days: readonly number[]) =>
  inBatches(at(...days)).map((batch) => batch.map(({ timestamp }) => (timestamp - 1_700_000_000_000) / DAY_MS));

describe(inBatches.name, () => {
  it.each([
    [[], []],
    [[0, 24, 3], [[0, 24, 3]]],
    [
      [0, 25, 30, 56],
      [[0], [25, 30], [56]],
    ],
    [
      [0, -25, -1],
      [[0], [-25, -1]],
    ],
  ])('keeps %j in order, each within 24 days of the first of its batch', (days, batches) => {
    expect(daysOf(days)).toEqual(batches);
  });
});
