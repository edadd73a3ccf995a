import { describe, expect, it } from '@jest/globals';
import { instant } from '#libs/domain';
import { Ledger } from './ledger.js';
import { longestPauseMs } from './pauses.js';

const ledgerOf = (...acks: readonly (readonly [id: string, ackedAt: number])[]): Ledger => {
  const ledger = new Ledger();
  for (const [id, at] of acks) ledger.acknowledge({ id, site: 'a', sentAt: instant(at), ackedAt: instant(at) });
  return ledger;
};

describe('the longest pause', () => {
  it('is between two acknowledgements in a row, the last one before the beginning included', () => {
    const ledger = ledgerOf(['1', 1_000], ['2', 4_000], ['3', 4_100], ['4', 6_000], ['5', 6_050]);
    expect(longestPauseMs(ledger, instant(1_500))).toBe(3_000);
    expect(longestPauseMs(ledger, instant(4_050))).toBe(1_900);
  });

  it("is the application's, not that of a producer inside a site", () => {
    expect(longestPauseMs(ledgerOf(['app-1', 0], ['pinned1-1', 50], ['app-2', 100]), instant(0))).toBe(100);
  });

  it('is none without two acknowledgements', () => {
    expect(longestPauseMs(ledgerOf(['1', 5_000]), instant(0))).toBe(0);
  });
});
