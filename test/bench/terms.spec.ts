import { describe, expect, it } from '@jest/globals';
import { sampleOf } from './terms.js';

describe(sampleOf, () => {
  it('counts each wait from the end of the one before, and the rest as the client', () => {
    const sample = sampleOf(
      1_000,
      [
        ['detect', 1_010],
        ['promote', 1_030],
        ['dns', 1_060],
      ],
      1_100,
    );
    const terms = { detect: 10, fence: 0, mirror: 0, promote: 20, dns: 30, client: 40 };
    expect(sample).toEqual({ totalMs: 100, terms });
  });

  it('adds up what was waited for twice', () => {
    const { terms } = sampleOf(
      0,
      [
        ['mirror', 10],
        ['promote', 30],
        ['mirror', 100],
        ['dns', 110],
      ],
      110,
    );
    expect(terms).toMatchObject({ mirror: 80, promote: 20, dns: 10 });
  });

  it('counts nothing for what was done meanwhile', () => {
    const { terms } = sampleOf(
      0,
      [
        ['mirror', 10],
        ['promote', 30],
        ['mirror', 20],
        ['dns', 50],
      ],
      50,
    );
    expect(terms).toMatchObject({ mirror: 10, promote: 20, dns: 20 });
  });

  it('counts nothing after a client was served, though a step was still being read back', () => {
    const { totalMs, terms } = sampleOf(
      0,
      [
        ['promote', 40],
        ['dns', 90],
      ],
      70,
    );
    expect(terms).toMatchObject({ promote: 40, dns: 30, client: 0 });
    expect(totalMs).toBe(70);
  });
});
