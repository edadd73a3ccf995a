import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '#libs/contracts';
import { epoch, type FencedResource, type Stamped, type WriteOutcome } from '#libs/domain';

export interface ResourceUnderTest<V> {
  readonly resource: FencedResource<V>;
  /** Two values that it can hold; it holds the first. */
  readonly values: readonly [held: V, other: V];
  /** A value that does not hold while it holds the second; the first one when absent. */
  readonly notHeld?: V;
  /** The highest epoch that it may carry already, when it is one that other tests have used. */
  readonly epochBefore?: number;
  end(): Promise<void>;
}

/** A guard: no statement about how fast a resource is. */
const CALL_TIMEOUT_MS = 60_000;
/** For calls that may go on until their end: at what does not hold, or between writers that undo each other's work. */
const VAIN_CALL_TIMEOUT_MS = 8_000;
/** Of what is made of several calls, one may fail in a way that leaves it open what it did. */
const UNKNOWN_MAX = 3;

/** What every resource does that a run may change. A weak fence is held to all of it but the race. */
export function fencedResourceConformance<V>(name: string, make: () => Promise<ResourceUnderTest<V>>): void {
  describe(`${name} › conforms`, () => {
    let under: ResourceUnderTest<V>;
    let resource: FencedResource<V>;
    let base: number;

    beforeEach(async () => {
      under = await make();
      resource = under.resource;
      base = under.epochBefore ?? 0;
    });
    afterEach(() => under?.end());

    const limit = (timeoutMs = CALL_TIMEOUT_MS) => AbortSignal.timeout(timeoutMs);
    const read = () => resource.read(limit());
    const write = (seen: Stamped<V>, next: V, above: number, timeoutMs?: number) =>
      resource.write(seen, next, epoch(base + above), limit(timeoutMs));
    /**
     * As a worker does it: what became of a write is looked at when that is unknown, and it is made again as it was. What was
     * unknown may come about between the two, and then what was looked at is not there any more.
     */
    const settled = async (seen: Stamped<V>, next: V, above: number): Promise<WriteOutcome> => {
      let outcome = await write(seen, next, above);
      if (outcome !== 'unknown') return outcome;
      for (let again = 0; outcome !== 'written' && again < UNKNOWN_MAX; again++)
        outcome = await write(await read(), next, above);
      return outcome;
    };
    const same = (one: V, other: V) => canonicalJson(one) === canonicalJson(other);

    it('shows what was written, under the epoch it was written with', async () => {
      const [, other] = under.values;
      expect(await settled(await read(), other, 2)).toBe('written');
      const shown = await read();
      expect(shown).toMatchObject({ epoch: base + 2 });
      expect(same(shown.value, other)).toBe(true);
    });

    it('keeps its value when it is sealed', async () => {
      const seen = await read();
      expect(await settled(seen, seen.value, 3)).toBe('written');
      const shown = await read();
      expect(shown).toMatchObject({ epoch: base + 3 });
      expect(same(shown.value, seen.value)).toBe(true);
    });

    it('refuses a lower epoch than it carries, and keeps what it holds', async () => {
      const [, other] = under.values;
      const before = await read();
      expect(await settled(before, before.value, 5)).toBe('written');
      const sealed = await read();
      expect(await write(sealed, other, 4)).toBe('refused');
      expect(await read()).toEqual(sealed);
    });

    it('refuses a write prepared before a seal: the same value is not the same state', async () => {
      const [, other] = under.values;
      const prepared = await read();
      expect(await settled(prepared, prepared.value, 2)).toBe('written');
      expect(await write(prepared, other, 1)).toBe('refused');
      expect(await write(prepared, other, 2)).toBe('refused');
      expect(same((await read()).value, prepared.value)).toBe(true);
    });

    it('refuses a write whose sight of it is stale, even under a higher epoch', async () => {
      const [held, other] = under.values;
      const stale = await read();
      expect(await settled(stale, other, 1)).toBe('written');
      expect(await write(stale, held, 2)).toBe('refused');
      expect(same((await read()).value, other)).toBe(true);
    });

    it('stamps the epoch also when the value is right already', async () => {
      const [, other] = under.values;
      expect(await settled(await read(), other, 1)).toBe('written');
      expect(await settled(await read(), other, 2)).toBe('written');
      expect(await read()).toMatchObject({ epoch: base + 2 });
    });

    it('can be written again under the same epoch, as after a crash', async () => {
      const [, other] = under.values;
      expect(await settled(await read(), other, 1)).toBe('written');
      expect(await settled(await read(), other, 1)).toBe('written');
      const shown = await read();
      expect(shown).toMatchObject({ epoch: base + 1 });
      expect(same(shown.value, other)).toBe(true);
    });

    it('lets exactly one of several writers win that saw the same, where the fence is strong', async () => {
      const [held, other] = under.values;
      const seen = await read();
      const outcomes = await Promise.all(
        [other, held, other].map((next, i) => write(seen, next, i + 1, VAIN_CALL_TIMEOUT_MS)),
      );
      const winners = outcomes.filter((outcome) => outcome === 'written');
      expect(resource.fence === 'weak' || winners.length === 1).toBe(true);
      // Writers of a weak one may leave each other in doubt; the next one finds a resource that works.
      expect(await settled(await read(), other, 9)).toBe('written');
      expect(await resource.verify(other, limit())).toMatchObject({ holds: true });
    });

    it('verifies what it holds, tells it apart from what it does not, and only reports when nothing is expected', async () => {
      const [held, other] = under.values;
      expect(await settled(await read(), other, 1)).toBe('written');
      expect(await resource.verify(other, limit())).toMatchObject({ holds: true });
      const notHeld = await resource.verify(under.notHeld ?? held, limit(VAIN_CALL_TIMEOUT_MS));
      expect(notHeld).toMatchObject({ holds: false });
      expect(await resource.verify(undefined, limit())).toMatchObject({ holds: true });
    });
  });
}
