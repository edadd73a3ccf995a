import { beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, type NameTarget } from '#libs/domain';
import { GatheredNameProvider } from './gathered.name-provider.js';
import { InMemoryNameProvider } from './in-memory.name-provider.js';
import type { NameChange } from './name-change.js';
import { nameProviderConformance } from './name-provider.conformance.js';
import type { Applied } from './name-provider.js';
import { setsOf } from './target-sets.js';

const A: NameTarget = { addresses: ['192.0.2.10'], ttlSeconds: 5 };
const CALL_TIMEOUT_MS = 60_000;
const soon = () => AbortSignal.timeout(CALL_TIMEOUT_MS);

/** Keeps what it was asked to change, and answers when it is let. */
class Counted extends InMemoryNameProvider {
  override readonly countsReads = true;
  readonly changes: (readonly string[])[] = [];
  held: Promise<void> = Promise.resolve();
  answer: Applied | undefined;

  override async apply(change: NameChange, signal: AbortSignal): Promise<Applied> {
    this.changes.push(change.names.map(({ seen }) => seen.name));
    await this.held;
    return this.answer ?? super.apply(change, signal);
  }
}

describe(GatheredNameProvider, () => {
  let provider: Counted;
  let gathered: GatheredNameProvider;

  beforeEach(() => {
    provider = new Counted();
    gathered = new GatheredNameProvider(provider, { callTimeoutMs: CALL_TIMEOUT_MS, sizeOf: () => 1, sizeMax: 4 });
  });

  /** All at once, each by itself, as the steps of a run do. */
  const applyAll = async (names: readonly string[], signal = soon()) => {
    const seen = await gathered.read(names, soon());
    return Promise.all(
      seen.map((each) => {
        const stamp = { epoch: epoch(1), owner: { installation: 'test', group: 'orders' } };
        return gathered.apply({ names: [{ seen: each, sets: setsOf(each.name, A, {}, []), stamp }] }, signal);
      }),
    );
  };

  nameProviderConformance('gathered changes', async () => ({
    provider: gathered,
    names: ['one', 'two'],
    edit: async (name, sets) => provider.edit(name, sets),
  }));

  it('spends as much on a look as the provider behind it, and says so', () => {
    expect([gathered.fence, gathered.countsReads]).toEqual(['strong', true]);
  });

  it('sends them together, as many as go into one', async () => {
    const outcomes = await applyAll(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(outcomes.every(({ outcome }) => outcome === 'applied')).toBe(true);
    expect(provider.changes).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('lets nobody be refused for another one', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.held = promise;
    const applying = applyAll(names);
    while (provider.changes.length === 0) await Promise.resolve();
    provider.edit('d', setsOf('d', { addresses: ['203.0.113.66'], ttlSeconds: 5 }, {}, []));
    resolve();
    expect((await applying).map(({ outcome }) => outcome)).toEqual([
      'applied',
      'applied',
      'applied',
      'changed-by-somebody-else',
    ]);
    expect(provider.changes).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd'], ['c'], ['d']]);
  });

  it.each(['unknown', 'transient', 'throttled'] as const)(
    'tells everybody in it of an outcome that is %s',
    async (outcome) => {
      provider.answer = { outcome, reason: 'no answer' };
      expect(await applyAll(['a', 'b', 'c'])).toEqual(Array.from({ length: 3 }, () => provider.answer));
      expect(provider.changes).toHaveLength(1);
    },
  );

  it('does not send what has no time left', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    provider.held = promise;
    const late = new AbortController();
    const applying = applyAll(['a', 'b', 'c', 'd', 'e'], late.signal);
    while (provider.changes.length === 0) await Promise.resolve();
    late.abort();
    resolve();
    expect((await applying).map(({ outcome }) => outcome)).toEqual([...Array<string>(4).fill('applied'), 'transient']);
    expect(provider.changes).toEqual([['a', 'b', 'c', 'd']]);
  });
});
