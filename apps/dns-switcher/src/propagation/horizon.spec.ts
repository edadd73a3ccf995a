import { describe, expect, it } from '@jest/globals';
import { changeBegins, horizonMs, NOTHING_SPREADS, ROUNDING_MS, seenWithNew, seenWithOther } from './horizon.js';

const BOTH = ['ns1:53', 'ns2:53'];
const of30 = changeBegins(NOTHING_SPREADS, BOTH, 30);

describe('until when old answers live', () => {
  it('is over before it began, where nothing has changed', () => {
    expect(horizonMs(NOTHING_SPREADS)).toBe(-Infinity);
  });

  it('cannot be said while one server may still give the old answer', () => {
    expect(horizonMs(of30)).toBeUndefined();
    expect(horizonMs(seenWithNew(of30, 'ns1:53', 5_000))).toBeUndefined();
  });

  it('counts from the last server, by the old TTL', () => {
    const all = seenWithNew(seenWithNew(of30, 'ns2:53', 9_000), 'ns1:53', 5_000);
    expect(horizonMs(all)).toBe(9_000 + 30_000 + ROUNDING_MS);
  });

  it('does not move when a server is seen again', () => {
    const all = seenWithNew(seenWithNew(of30, 'ns1:53', 5_000), 'ns2:53', 9_000);
    expect(horizonMs(seenWithNew(all, 'ns1:53', 60_000))).toBe(horizonMs(all));
  });

  it('opens again when a server gives something else, for as long as that lives', () => {
    const all = seenWithNew(seenWithNew(of30, 'ns1:53', 5_000), 'ns2:53', 9_000);
    const back = seenWithOther(all, 'ns1:53', 60);
    expect(horizonMs(back)).toBeUndefined();
    expect(horizonMs(seenWithNew(back, 'ns1:53', 20_000))).toBe(20_000 + 60_000 + ROUNDING_MS);
  });

  it('takes the answers of the change before into account: they may be cached for longer', () => {
    const first = seenWithNew(changeBegins(NOTHING_SPREADS, ['ns1:53'], 3_600), 'ns1:53', 1_000);
    const second = seenWithNew(changeBegins(first, ['ns1:53'], 5), 'ns1:53', 10_000);
    expect(horizonMs(second)).toBe(1_000 + 3_600_000 + ROUNDING_MS);
  });

  it('takes the longer TTL where the change before had not reached every server', () => {
    const first = seenWithNew(changeBegins(NOTHING_SPREADS, BOTH, 3_600), 'ns1:53', 1_000);
    const second = changeBegins(first, BOTH, 5);
    const all = seenWithNew(seenWithNew(second, 'ns1:53', 10_000), 'ns2:53', 11_000);
    expect(horizonMs(all)).toBe(11_000 + 3_600_000 + ROUNDING_MS);
  });
});
