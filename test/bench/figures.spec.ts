import { describe, expect, it } from '@jest/globals';
import { failoverReport, inWords } from './figures.js';
import { sampleOf } from './terms.js';

const failover = [1_500, 1_200, 1_300].map((servedAt) => ({
  ...sampleOf(
    0,
    [
      ['detect', 100],
      ['fence', 200],
      ['mirror', 900],
      ['promote', 1_000],
      ['dns', 1_050],
    ],
    servedAt,
  ),
  rtoMs: servedAt + 5_000,
  dwellMs: 5_000,
}));
const floor = [1_000, 600, 650].map((servedAt) =>
  sampleOf(
    0,
    [
      ['mirror', 400],
      ['promote', 450],
      ['dns', 500],
    ],
    servedAt,
  ),
);

describe(failoverReport, () => {
  const report = failoverReport(failover, floor);

  it('gives medians, and how far the failover is above the floor', () => {
    expect(report.figures).toMatchObject({ aboveDwellMs: 1_300, floorMs: 650, ratio: 2 });
    expect(report.figures.terms).toEqual({ detect: 100, fence: 100, mirror: 700, promote: 100, dns: 50, client: 250 });
    expect(report.figures.floorTerms).toMatchObject({ detect: 0, mirror: 400, client: 150 });
  });

  it('keeps the extremes and every sample', () => {
    expect(report.spread.failover.totalMs).toEqual({ median: 1_300, min: 1_200, max: 1_500 });
    expect(report.samples.floor.map(({ totalMs }) => totalMs)).toEqual([1_000, 600, 650]);
  });

  it('prints one line for the whole and one for each term', () => {
    expect(inWords(report).split('\n').slice(1, 5)).toEqual([
      '              median     min     max   floor',
      'above dwell     1300    1200    1500     650  2 times the floor',
      '  detect         100     100     100       0  end of the dwell to the decision',
      '  fence          100     100     100       0  seal all, fence A or wait it out',
    ]);
  });
});
