import { describe, expect, it } from '@jest/globals';
import { LeaseTime } from './lease-time.js';

const TTL_MS = 15_000;

describe(LeaseTime.name, () => {
  it('covers nothing before there is a lease, and after it ended', () => {
    const time = new LeaseTime(TTL_MS);
    expect([time.covers(0, 0), time.isDue(0)]).toEqual([false, true]);
    time.renewed(0);
    time.ended();
    expect([time.covers(0, 0), time.isDue(0)]).toEqual([false, true]);
  });

  it('counts from sending, less a tenth for clocks that run apart and a margin', () => {
    const time = new LeaseTime(TTL_MS);
    time.renewed(1_000);
    expect(time.safeUntilMs).toBe(1_000 + 15_000 - 1_500 - 1_000);
  });

  it('covers what is over before that, and not what ends later', () => {
    const time = new LeaseTime(TTL_MS);
    time.renewed(0);
    expect([time.covers(2_000, 10_500), time.covers(2_000, 10_501)]).toEqual([true, false]);
  });

  it('is due after a third, so that two renewals may fail', () => {
    const time = new LeaseTime(TTL_MS);
    time.renewed(0);
    expect([time.isDue(4_999), time.isDue(5_000)]).toEqual([false, true]);
  });

  it('is not set back by an answer that comes late', () => {
    const time = new LeaseTime(TTL_MS);
    time.renewed(3_000);
    time.renewed(1_000);
    expect(time.safeUntilMs).toBe(15_500);
  });
});
