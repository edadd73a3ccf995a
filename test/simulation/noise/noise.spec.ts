import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '#libs/topology';
import { SeededRandom } from '../../interruption/seeded.js';
import { agreementIn } from './episode.js';
import { LAYOUTS } from './layout.js';
import { picture } from './picture.js';
import { poissonAtMost, upper95 } from './poisson.js';
import { noiseReport } from './report.js';
import { DAY_MS, ofPath, windowsOf, YEAR_MS, type Window } from './sources.js';
import { rateOf, survey } from './survey.js';
import { decidedAfterMs } from './true-loss.js';

const policy = DEFAULT_POLICY;
const random = () => new SeededRandom(7);
const during = (lastsMs: number, ...sources: readonly string[]): Window =>
  sources.map((source) => ({ source, fromMs: DAY_MS, toMs: DAY_MS + lastsMs }));

describe('noise', () => {
  it('comes and goes as often and as long as it is told', () => {
    const windows = [...windowsOf([ofPath('path')], 2_000 * YEAR_MS, 0, random())];
    const lengths = windows.flat().map(({ fromMs, toMs }) => toMs - fromMs);
    expect(windows.length / 2_000).toBeCloseTo(365.25 / 30, 0);
    expect(lengths.reduce((sum, ms) => sum + ms, 0) / lengths.length / 1_000).toBeCloseTo(45, -1);
  });

  it('that is close together is one window', () => {
    const sources = [ofPath('one'), ofPath('two'), ofPath('three')];
    const windows = [...windowsOf(sources, 20 * YEAR_MS, DAY_MS, random())];
    const ends = windows.map((window) => Math.max(...window.map(({ toMs }) => toMs)));
    const starts = windows.map((window) => Math.min(...window.map(({ fromMs }) => fromMs)));
    expect(windows.some((window) => window.length > 1)).toBe(true);
    for (const [index, start] of starts.slice(1).entries())
      expect(start - (ends[index] ?? 0)).toBeGreaterThanOrEqual(DAY_MS);
  });

  it('of one observer never makes a verdict, of two the short dwell, of a path the long one', () => {
    const agreement = (window: Window) => agreementIn(window, LAYOUTS['one-path'], policy, random());
    for (const alone of ['a', 'b', 'w']) {
      expect(agreement(during(600_000, alone))).toEqual({ byOwnReportMs: 0, byQuorumMs: 0 });
    }
    expect(agreement(during(70_000, 'a', 'b')).byOwnReportMs).toBeGreaterThan(60_000);
    expect(agreement(during(100_000, 'path')).byQuorumMs).toBeGreaterThan(90_000);
    expect(agreement(during(80_000, 'path')).byQuorumMs).toBeLessThan(90_000);
  });

  it('of a path is asymmetric, and nothing else, while the site says over another one that it is well', () => {
    const agreement = (window: Window) =>
      agreementIn(window, LAYOUTS['own-report-by-another-way'], policy, random()).byQuorumMs;
    expect(agreement(during(600_000, 'path'))).toBe(0);
    expect(agreement(during(600_000, 'path', 'second-path'))).toBeGreaterThan(500_000);
  });

  it('on one path moves a group more than once a year, and hardly ever where paths are independent', () => {
    const one = rateOf(survey(LAYOUTS['one-path'], policy, 5, random()), policy);
    const other = rateOf(survey(LAYOUTS['own-report-by-another-way'], policy, 5, random()), policy);
    expect(one.falseFailoversPerYear).toBeGreaterThan(0.5);
    expect(other.falseFailoversPerYear).toBeLessThan(0.3);
  });
});

describe('a true loss', () => {
  it.each([
    ['site', policy.dwellLongMs],
    ['cluster', policy.dwellShortMs],
  ] as const)('of a %s is decided within the dwell, a round and its time-out', (loss, dwellMs) => {
    for (let count = 0; count < 20; count++) {
      const ms = decidedAfterMs(loss, LAYOUTS['one-path'], policy, new SeededRandom(count));
      expect(ms).toBeGreaterThanOrEqual(dwellMs);
      expect(ms).toBeLessThan(dwellMs + 2 * policy.roundMs * (1 + policy.jitter) + policy.probeTimeoutMs);
    }
  });
});

describe('the bound on a rate', () => {
  it('is the exact one', () => {
    expect(upper95(0, 400)).toBeCloseTo(2.9957 / 400, 6);
    expect(upper95(10, 1)).toBeCloseTo(16.9622, 3);
    expect(upper95(2_000, 1)).toBeCloseTo(2_075, -1);
    expect(poissonAtMost(1, 1)).toBeCloseTo(2 / Math.E, 9);
  });
});

describe('the report', () => {
  it('is the same for the same seed, and can be drawn', () => {
    const terms = {
      years: 1,
      seed: 3,
      policy,
      afterDecisionMs: 17_000,
      rtoGoalMs: 120_000,
      random: (seed: number) => new SeededRandom(seed),
      tell: () => undefined,
      losses: 20,
    };
    const report = noiseReport(terms);
    expect(noiseReport(terms)).toEqual(report);
    expect(report.trueLossRtoMsMax).toBeLessThan(120_000);
    expect(picture(report)).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(picture(report)).not.toContain('NaN');
  });
});
