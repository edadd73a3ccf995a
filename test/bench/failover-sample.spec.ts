import { describe, expect, it } from '@jest/globals';
import type { Report } from '../demo/report.js';
import { failoverSample } from './failover-sample.js';

const step = (name: string, finishedAt: number | null) => ({ name, finishedAt });

const STEPS = [
  step('seal-writes-a', null),
  step('seal-writes-b', 5_210),
  step('fence-a', 5_300),
  step('deny-inbound-b', 5_380),
  step('record-positions-a-to-b', 5_400),
  step('promote-b', 5_480),
  step('stop-mirror-a-to-b', 6_000),
  step('redirect-kafka.example', 6_080),
  step('config-orders-clients-b', 6_100),
  step('config-orders-clients-a', 6_200),
  step('verify-writes-b', 9_000),
];

/** What counts of a demo report: first failed round at 100, a dwell of 5 s, served at 6.25 s. */
const reportWith = (steps: readonly unknown[], changed: object = {}): Report =>
  ({
    outcome: 'failed-over',
    rtoMs: 6_150,
    dwellMs: 5_000,
    steps,
    milestones: { firstFailedRoundAt: 100, decidedAt: 5_200, servedAt: 6_250 },
    ...changed,
  }) as unknown as Report;

describe(failoverSample, () => {
  it('tells where the time went, which adds up to what is above the dwell', () => {
    const { totalMs, terms, rtoMs, dwellMs } = failoverSample(reportWith(STEPS));
    expect(terms).toEqual({ detect: 100, fence: 100, mirror: 620, promote: 80, dns: 100, client: 150 });
    expect(totalMs).toBe(rtoMs - dwellMs);
  });

  it('refuses a report without a failover', () => {
    const report = reportWith([], { outcome: 'no-action', rtoMs: null, dwellMs: null });
    expect(() => failoverSample(report)).toThrow('no-action');
  });

  it('refuses a report whose steps it does not know, rather than call a term free', () => {
    const renamed = STEPS.map((each) => (each.name === 'promote-b' ? step('open-b', 5_480) : each));
    expect(() => failoverSample(reportWith(renamed))).toThrow('promote');
  });
});
