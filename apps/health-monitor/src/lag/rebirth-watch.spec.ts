import { describe, expect, it } from '@jest/globals';
import { RebirthWatch } from './rebirth-watch.js';

const ends = (...orders: readonly number[]) => new Map([['orders', Float64Array.from(orders)]]);

describe(RebirthWatch.name, () => {
  const knowing = (...orders: readonly number[]) => {
    const watch = new RebirthWatch();
    watch.look(ends(...orders), 0);
    return watch;
  };
  const looks = (watch: RebirthWatch, times: number, seen: ReadonlyMap<string, Float64Array>, atMs = 1_000) => {
    for (let look = 0; look < times; look++) watch.look(seen, atMs);
    return watch.claim;
  };

  it('tells of a log that ends before where it ended, once it is sure', () => {
    const watch = knowing(1_200, 800);
    expect(looks(watch, 2, ends(0, 0))).toBeUndefined();
    expect(looks(watch, 1, ends(0, 0))).toBe('orders-0 ends at 0 and ended at 1200');
    expect(looks(watch, 1, ends(5, 0))).toBe('orders-0 ends at 0 and ended at 1200');
  });

  it.each([
    ['that grows', ends(1_300, 800)],
    ['of which nobody tells the ends', ends(Number.NaN, Number.NaN)],
    ['whose topic is not told of', new Map<string, Float64Array>()],
    ['of which one partition in three fell', ends(0, 800, 700)],
  ])('tells nothing of a log %s', (_, seen) => {
    expect(looks(knowing(1_200, 800, 700), 9, seen)).toBeUndefined();
  });

  it('takes a partition that is gone for one that is empty', () => {
    expect(looks(knowing(1_200, 800), 3, ends(1_200))).toBe('orders-1 ends at 0 and ended at 800');
  });

  it('begins anew when a look says otherwise', () => {
    const watch = knowing(1_200);
    looks(watch, 2, ends(0));
    looks(watch, 1, ends(1_200));
    expect(looks(watch, 2, ends(0))).toBeUndefined();
  });

  it('remembers how far the log had come, also over a look that told nothing', () => {
    const watch = knowing(1_200);
    looks(watch, 1, ends(1_500));
    looks(watch, 1, ends(Number.NaN));
    expect(looks(watch, 3, ends(1_300))).toBe('orders-0 ends at 1300 and ended at 1500');
  });

  it('knows the log that is there after it was told for long enough', () => {
    const watch = knowing(1_200);
    expect(looks(watch, 3, ends(7), 0)).toBeDefined();
    expect(looks(watch, 1, ends(9), 599_000)).toBeDefined();
    expect(looks(watch, 1, ends(9), 600_000)).toBeUndefined();
    expect(looks(watch, 9, ends(10), 601_000)).toBeUndefined();
  });
});
