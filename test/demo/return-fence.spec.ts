import { describe, expect, it } from '@jest/globals';
import { instant } from '#libs/domain';
import { Ledger } from './ledger.js';
import { fenceFelt } from './return-fence.js';

const DENIED = 'Not authorized to access topics: [Topic authorization failed]';
const RESTARTED = instant(1_000);

const acked = (ledger: Ledger, id: string, at: number) =>
  ledger.acknowledge({ id, site: 'a', sentAt: instant(at), ackedAt: instant(at + 5) });
const failed = (ledger: Ledger, id: string, at: number, reason = DENIED) =>
  ledger.fail({ id, site: 'a', sentAt: instant(at), failedAt: instant(at + 5), reason });

describe('the fence of a site that came back', () => {
  it('is felt with the first refusal after the last acknowledgement, counted from the first answer', () => {
    const ledger = new Ledger();
    failed(ledger, 'pinned1-0', 1_500, 'Request Metadata(key: 3, version: 6) timed out');
    failed(ledger, 'pinned1-1', 2_000, 'This server does not host this topic-partition');
    acked(ledger, 'pinned1-2', 2_100);
    failed(ledger, 'pinned1-3', 2_400);
    failed(ledger, 'pinned1-4', 2_500);
    expect(fenceFelt(ledger, RESTARTED)).toEqual({
      firstAnswerAt: 2_000,
      fenceFeltAt: 2_405,
      fencedAfterMs: 405,
      writableMs: 105,
      ackedBeforeFence: 1,
      refusals: 2,
    });
  });

  it('is not felt while the last word was an acknowledgement', () => {
    const ledger = new Ledger();
    failed(ledger, 'pinned1-1', 2_000);
    expect(fenceFelt(ledger, RESTARTED)).toMatchObject({ refusals: 1, writableMs: 0 });
    acked(ledger, 'pinned1-2', 2_100);
    expect(fenceFelt(ledger, RESTARTED)).toBeUndefined();
  });

  it('is nothing that other clients, or an earlier time, could tell', () => {
    const ledger = new Ledger();
    failed(ledger, 'app-1', 2_000);
    failed(ledger, 'pinned1-1', 500);
    expect(fenceFelt(ledger, RESTARTED)).toBeUndefined();
  });
});
