import { describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

describe(Places.name, () => {
  it('lets in as many as there are places, in the order of arrival', async () => {
    const places = new Places(2);
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const entered: number[] = [];
    const never = new AbortController().signal;
    const all = [1, 2, 3, 4].map(async (who) =>
      places.take(never, async () => {
        entered.push(who);
        await end;
      }),
    );
    await Promise.resolve();
    expect(entered).toEqual([1, 2]);
    resolve();
    await Promise.all(all);
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  it('tells who waits in vain, and keeps no place for them', async () => {
    const places = new Places(1);
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const first = places.take(new AbortController().signal, async () => end);
    const impatient = new AbortController();
    const second = places.take(impatient.signal, async (isFree) => isFree);
    impatient.abort();
    expect(await second).toBe(false);
    resolve();
    await first;
    expect(await places.take(new AbortController().signal, async (isFree) => isFree)).toBe(true);
  });
});
