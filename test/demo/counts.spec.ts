import { describe, expect, it } from '@jest/globals';
import { instant } from '#libs/domain';
import { count, countMoved, imbalance, onlyAtA } from './counts.js';
import { firstServed, Ledger, type KafkaSite } from './ledger.js';

const at = instant(0);
const ledgerOf = (acked: readonly string[], unacked: readonly string[] = []): Ledger => {
  const ledger = new Ledger();
  for (const id of acked) ledger.acknowledge({ id, site: 'a', sentAt: at, ackedAt: at });
  for (const id of unacked) ledger.fail({ id, site: 'a', sentAt: at, failedAt: at, reason: 'no answer' });
  return ledger;
};

describe('counting', () => {
  it('tells delivered from stranded, and balances', () => {
    const counts = count(ledgerOf(['1', '2', '3', '4']), { a: ['1', '2', '3'], b: ['1', '2', '4'] });
    expect(counts).toMatchObject({ ackedRecords: 4, deliveredRecords: 3, strandedRecords: 1, missingRecords: [] });
    expect(imbalance(counts)).toEqual([]);
  });

  it('notices an acknowledged record that is in no log', () => {
    const counts = count(ledgerOf(['1', '2']), { a: ['1'], b: ['1'] });
    expect(counts.missingRecords).toEqual(['2']);
    expect(imbalance(counts)).toEqual([
      '2 acknowledged are not 1 delivered and 0 stranded',
      '1 acknowledged are in no log, e.g. 2',
    ]);
  });

  it('notices a record that was acknowledged twice', () => {
    expect(imbalance(count(ledgerOf(['1', '1']), { a: [], b: ['1'] }))).toHaveLength(1);
  });

  it('counts what A appended without acknowledging apart, and no stranger at all', () => {
    const counts = count(ledgerOf(['1'], ['2', '3']), { a: ['1', '2', 'stranger'], b: ['1', 'stranger'] });
    expect(counts).toMatchObject({ strandedRecords: 0, unackedRecords: 2, appendedUnackedAtA: 1 });
  });

  it('counts every further copy in B as a duplicate, and delivers it once', () => {
    const counts = count(ledgerOf(['1', '2']), { a: [], b: ['1', '2', '1', '1'] });
    expect(counts).toMatchObject({ deliveredRecords: 2, duplicateRecords: 2 });
  });
});

describe('counting after a move that people asked for', () => {
  it('looks for every acknowledged record at the site that is active now', () => {
    const logs = { a: ['1', '2', '3'], b: ['1', '3'] };
    expect(countMoved(ledgerOf(['1', '2', '3']), logs, 'a')).toMatchObject({ deliveredRecords: 3, lostRecords: 0 });
    expect(countMoved(ledgerOf(['1', '2', '3']), logs, 'b')).toMatchObject({ deliveredRecords: 2, lostRecords: 1 });
  });

  it('counts further copies in both logs', () => {
    expect(countMoved(ledgerOf(['1']), { a: ['1', '1'], b: ['1', '1', '1'] }, 'a')).toMatchObject({ copiedTwice: 3 });
  });

  it('finds what only A holds, acknowledged or not', () => {
    expect(onlyAtA({ a: ['1', '2', 'unacked'], b: ['1', '9'] })).toBe(2);
  });

  it('is not disturbed by clients that go on', () => {
    const ledger = ledgerOf(['1']);
    const until = ledger.snapshot();
    ledger.acknowledge({ id: '2', site: 'b', sentAt: at, ackedAt: at });
    expect(countMoved(until, { a: [], b: ['1', '2'] }, 'b')).toMatchObject({ ackedRecords: 1, deliveredRecords: 1 });
  });
});

describe('service is back', () => {
  const produced = (ledger: Ledger, id: string, site: KafkaSite) =>
    ledger.acknowledge({ id, site, sentAt: at, ackedAt: instant(5) });

  it('with the first record that was both produced and consumed there', () => {
    const ledger = new Ledger();
    produced(ledger, 'old', 'a');
    ledger.consume({ id: 'old', site: 'b', consumedAt: instant(6) });
    expect(firstServed(ledger, 'b')).toBeUndefined();
    produced(ledger, 'new', 'b');
    ledger.consume({ id: 'new', site: 'b', consumedAt: instant(9) });
    expect(firstServed(ledger, 'b')).toEqual({ id: 'new', producedAt: 5, consumedAt: 9 });
  });

  it('not by a record of an earlier time there', () => {
    const ledger = new Ledger();
    produced(ledger, 'earlier', 'a');
    ledger.consume({ id: 'earlier', site: 'a', consumedAt: instant(6) });
    expect(firstServed(ledger, 'a', instant(3))).toBeUndefined();
  });
});
