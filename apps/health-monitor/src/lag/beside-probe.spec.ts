import { describe, expect, it } from '@jest/globals';
import type { PositionSample } from '#libs/kafka';
import { besideProbe, PROBE_MISSING_MAX_MS } from './beside-probe.js';

const sample = (ages: Partial<PositionSample> = {}): PositionSample => ({
  lagRecords: 0,
  lagMs: 0,
  sourceAgeMs: 100,
  mirrorAgeMs: 200,
  peakPerSecond: 0,
  partitions: [],
  problems: [],
  ...ages,
});
const beside = (missingMs: number, ages?: Partial<PositionSample>) =>
  besideProbe(sample(ages), { topic: 'probe-ab', missingMs });

describe(besideProbe.name, () => {
  it('leaves a sample as it is while nothing is missing for longer than a copy may take', () => {
    for (const missingMs of [0, 5_000, PROBE_MISSING_MAX_MS + 200]) expect(beside(missingMs)).toEqual(sample());
  });

  it('lets one that looks better grow as old as the record that is missing, and says why', () => {
    expect(beside(PROBE_MISSING_MAX_MS + 200.4)).toEqual({
      ...sample({ mirrorAgeMs: 10_200 }),
      problems: [
        { kind: 'probe-not-copied', where: 'probe-ab', message: expect.stringContaining('into probe-ab 10 s before') },
      ],
    });
  });

  it('believes one that admits to be behind, or is as old', () => {
    for (const ages of [{ lagMs: 55_000 }, { sourceAgeMs: 55_000 }, { mirrorAgeMs: 55_000 }])
      expect(beside(60_000, ages)).toEqual(sample(ages));
  });
});
