import { describe, expect, it } from '@jest/globals';
import { Rounds, type RoundsOptions } from './rounds.js';

/** Rounds that end when the test says so. */
function stage({ atOnce = 1, sizeMax = 9, mayLeave = 'until-begun', keyOf }: Partial<RoundsOptions<string>> = {}) {
  const begun: { readonly items: readonly string[]; readonly signal: AbortSignal; end(error?: Error): void }[] = [];
  const rounds = new Rounds<string, string>(
    async (items, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      begun.push({ items, signal, end: (error) => (error ? reject(error) : resolve()) });
      await promise;
      return items.map((item) =>
        item.startsWith('bad')
          ? { status: 'rejected', reason: new Error(item) }
          : { status: 'fulfilled', value: `${item}!` },
      );
    },
    { atOnce, sizeOf: (item) => item.length, sizeMax, mayLeave, timeoutMs: 60_000, ...(keyOf && { keyOf }) },
  );
  const never = new AbortController().signal;
  const ask = (item: string, signal = never) => rounds.ask(item, signal);
  /** Long enough for whatever waits for nothing but what has happened. */
  const turn = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };
  return { ask, turn, begun, items: () => begun.map((each) => each.items) };
}

describe(Rounds, () => {
  it('takes what is asked for in one go together, and what comes meanwhile', async () => {
    const { ask, turn, begun, items } = stage();
    const answers = [ask('a'), ask('b')];
    await turn();
    expect(items()).toEqual([['a', 'b']]);
    answers.push(ask('c'), ask('d'));
    await turn();
    expect(items()).toHaveLength(1);
    begun[0]!.end();
    await turn();
    expect(items()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    begun[1]!.end();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!']);
  });

  it('has no more under way than it may, nor more in one round than fits', async () => {
    const { ask, turn, begun, items } = stage({ atOnce: 2, sizeMax: 2 });
    const answers = ['a', 'b', 'c', 'd', 'e', 'too large'].map((item) => ask(item));
    await turn();
    expect(items()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    begun[1]!.end();
    await turn();
    expect(items().at(-1)).toEqual(['e']);
    begun[0]!.end();
    await turn();
    expect(items().at(-1)).toEqual(['too large']);
    for (const round of begun.slice(2)) round.end();
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  it('never has two of one key in a round, and keeps their order', async () => {
    const { ask, turn, begun, items } = stage({ keyOf: (item) => item[0]! });
    const answers = ['a1', 'b1', 'a2', 'c1'].map((item) => ask(item));
    await turn();
    begun[0]!.end();
    await turn();
    expect(items()).toEqual([
      ['a1', 'b1'],
      ['a2', 'c1'],
    ]);
    begun[1]!.end();
    expect(await Promise.all(answers)).toHaveLength(4);
  });

  it('answers each by itself, and everybody in it when the round as a whole fails', async () => {
    const { ask, turn, begun } = stage();
    const first = ask('a');
    await turn();
    const [bad, good] = [ask('bad'), ask('good')];
    begun[0]!.end(new Error('no round'));
    await expect(first).rejects.toThrow('no round');
    await turn();
    begun[1]!.end();
    await expect(bad).rejects.toThrow('bad');
    expect(await good).toBe('good!');
  });

  it('lets go of what leaves before its round, and of nothing that is under way', async () => {
    const { ask, turn, begun, items } = stage();
    const leaving = new AbortController();
    const first = ask('a', leaving.signal);
    await turn();
    const [gone, last] = [ask('gone', leaving.signal), ask('z')];
    leaving.abort(new Error('too late'));
    await expect(gone).rejects.toThrow('too late');
    await expect(ask('never', leaving.signal)).rejects.toThrow('too late');
    begun[0]!.end();
    expect(await first).toBe('a!');
    await turn();
    expect(items()).toEqual([['a'], ['z']]);
    begun[1]!.end();
    await last;
  });

  it('ends a round that everybody left, where leaving is harmless', async () => {
    const { ask, turn, begun } = stage({ mayLeave: 'any-time' });
    const [one, other] = [new AbortController(), new AbortController()];
    const first = ask('a');
    await turn();
    const both = [ask('b', one.signal), ask('c', other.signal)];
    begun[0]!.end();
    await first;
    await turn();
    one.abort(new Error('too late'));
    await expect(both[0]).rejects.toThrow('too late');
    expect(begun[1]!.signal.aborted).toBe(false);
    other.abort(new Error('also late'));
    await expect(both[1]).rejects.toThrow('also late');
    expect(begun[1]!.signal.aborted).toBe(true);
    begun[1]!.end();
  });
});
