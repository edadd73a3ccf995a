import { beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, type NameTarget } from '#libs/domain';
import { hasSameSets, type NameChange, type SeenName } from './name-change.js';
import type { NameProvider } from './name-provider.js';
import type { RecordSet } from './record-set.js';
import { setsOf, targetOf } from './target-sets.js';

export interface ProviderUnderTest {
  readonly provider: NameProvider;
  /** Two names that nobody else uses; they are empty and were never stamped. */
  readonly names: readonly [string, string];
  /** Puts these sets at the name as somebody does who asks no fence and leaves our stamp alone. */
  edit(name: string, sets: readonly RecordSet[]): Promise<void>;
}

const CALL_TIMEOUT_MS = 60_000;
const SHORT_SECONDS = 5;
const OWNER = { installation: 'conformance', group: 'orders' };
const A: NameTarget = { addresses: ['192.0.2.10'], ttlSeconds: SHORT_SECONDS };
const B: NameTarget = { addresses: ['192.0.2.20', '192.0.2.21', '2001:db8::20'], ttlSeconds: 7 };
/** What a provider may not know; one that says so at once, as misconfigured, conforms. */
const KINDS: readonly (readonly [string, NameTarget])[] = [
  ['addresses of both families', B],
  ['a CNAME', { kind: 'cname', canonicalName: 'other.example.net', ttlSeconds: SHORT_SECONDS }],
  [
    'services',
    { kind: 'services', services: [{ priority: 0, weight: 5, port: 9092, host: 'b.example.net' }], ttlSeconds: 60 },
  ],
  [
    'weights',
    {
      kind: 'weighted',
      members: [
        { id: 'a', weight: 100, target: A },
        { id: 'b', weight: 0, target: { addresses: ['192.0.2.20'], ttlSeconds: SHORT_SECONDS } },
      ],
    },
  ],
];

/** What every provider of names does. A weak one is held to all of it but the race. */
export function nameProviderConformance(name: string, make: () => Promise<ProviderUnderTest>): void {
  describe(`${name} › conforms`, () => {
    let under: ProviderUnderTest;
    let provider: NameProvider;
    let first: string;
    let second: string;

    beforeEach(async () => {
      under = await make();
      provider = under.provider;
      [first, second] = under.names;
    });

    const limit = () => AbortSignal.timeout(CALL_TIMEOUT_MS);
    const read = async (names: readonly string[] = [first]) => provider.read(names, limit());
    const change = (seen: readonly SeenName[], target: NameTarget, at: number): NameChange => ({
      names: seen.map((each) => ({
        seen: each,
        sets: setsOf(each.name, target, {}, each.sets),
        stamp: { epoch: epoch(at), owner: OWNER },
      })),
    });
    const apply = async (seen: readonly SeenName[], target: NameTarget, at: number) =>
      provider.apply(change(seen, target, at), limit());
    const applied = async (target: NameTarget, at: number, names: readonly string[] = [first]) =>
      expect(await apply(await read(names), target, at)).toMatchObject({ outcome: 'applied' });
    const shown = async (of = first) => {
      const [seen] = await read([of]);
      return { target: targetOf(of, seen!.sets, {}), epoch: seen!.stamp.epoch };
    };

    it('has an empty name that nobody has written', async () => {
      expect(await read()).toEqual([{ name: first, sets: [], stamp: { epoch: 0 } }]);
    });

    it.each(KINDS)('keeps %s as they were written, with the stamp and its owner', async (_, target) => {
      const outcome = await apply(await read(), target, 3);
      if (outcome.outcome === 'misconfigured') return;
      expect(outcome.outcome).toBe('applied');
      expect(await shown()).toEqual({ target, epoch: 3 });
      expect((await read())[0]!.stamp.owner).toEqual(OWNER);
      await applied(A, 4);
      expect(await shown()).toEqual({ target: A, epoch: 4 });
    });

    it('changes several names in one, where all of them are as they were seen', async () => {
      await applied(A, 1, [first, second]);
      await applied(B, 2, [first, second]);
      expect([await shown(first), await shown(second)]).toEqual([
        { target: B, epoch: 2 },
        { target: B, epoch: 2 },
      ]);
    });

    it('changes none of several names when one is not as it was seen', async () => {
      await applied(A, 1, [first, second]);
      const stale = await read([first, second]);
      await applied(B, 2, [second]);
      expect(await apply(stale, B, 3)).toEqual({ outcome: 'refused-by-fence' });
      expect(await shown(first)).toEqual({ target: A, epoch: 1 });
    });

    it('refuses by the fence what was seen before a seal, the same records or not', async () => {
      await applied(A, 1);
      const stale = await read();
      await applied(A, 2);
      expect(await apply(stale, B, 3)).toEqual({ outcome: 'refused-by-fence' });
      expect(await shown()).toEqual({ target: A, epoch: 2 });
    });

    it('refuses by the fence what was seen before the first stamp', async () => {
      const unstamped = await read();
      await applied(A, 1);
      expect(await apply(unstamped, B, 9)).toEqual({ outcome: 'refused-by-fence' });
      expect(await shown()).toEqual({ target: A, epoch: 1 });
    });

    it('tells an edit of somebody else from the fence, overwrites none of it, and says what it is', async () => {
      await applied(A, 1);
      const stale = await read();
      const edited = setsOf(first, { addresses: ['203.0.113.66'], ttlSeconds: SHORT_SECONDS }, {}, []);
      await under.edit(first, edited);
      const outcome = await apply(stale, B, 2);
      expect(outcome.outcome).toBe('changed-by-somebody-else');
      const holds = outcome.outcome === 'changed-by-somebody-else' ? outcome.holds[0]!.sets : [];
      expect(hasSameSets(holds, edited)).toBe(true);
      expect(await shown()).toMatchObject({ target: { addresses: ['203.0.113.66'] }, epoch: 1 });
    });

    it('empties a name and still fences it', async () => {
      const empty: NameTarget = { addresses: [], ttlSeconds: 0 };
      await applied(A, 1);
      const stale = await read();
      await applied(empty, 2);
      expect(await shown()).toEqual({ target: empty, epoch: 2 });
      expect(await apply(stale, B, 3)).toEqual({ outcome: 'refused-by-fence' });
    });

    it('lets exactly one of several writers win that saw the same, where the fence is strong', async () => {
      await applied(A, 1);
      const seen = await read();
      const targets = [10, 11, 12].map((last) => ({ addresses: [`192.0.2.1${last}`], ttlSeconds: SHORT_SECONDS }));
      const outcomes = await Promise.all(targets.map((target, index) => apply(seen, target, 2 + index)));
      const winners = outcomes.flatMap(({ outcome }, index) => (outcome === 'applied' ? [index] : []));
      if (provider.fence === 'weak') return;
      expect(winners).toHaveLength(1);
      expect(await shown()).toEqual({ target: targets[winners[0]!], epoch: 2 + winners[0]! });
    });
  });
}
