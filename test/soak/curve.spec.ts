import { describe, expect, it } from '@jest/globals';
import { drawn, slopeKbPerMinute, type Point } from './curve.js';

const rising = (kbPerMinute: number, wobbleKb = 0): Point[] =>
  Array.from({ length: 61 }, (_, index) => ({
    atMs: index * 10_000,
    rssKb: 80_000 + (index / 6) * kbPerMinute + (index % 2 ? wobbleKb : -wobbleKb),
  }));

describe(slopeKbPerMinute.name, () => {
  it.each([0, 12, -30])('finds %d kB a minute, also under a wobble', (kbPerMinute) => {
    expect(slopeKbPerMinute(rising(kbPerMinute))).toBeCloseTo(kbPerMinute, 6);
    expect(Math.abs(slopeKbPerMinute(rising(kbPerMinute, 500)) - kbPerMinute)).toBeLessThan(20);
  });

  it('says nothing of one look', () => {
    expect(slopeKbPerMinute(rising(5).slice(0, 1))).toBe(0);
  });
});

describe(drawn.name, () => {
  it('shows a line and a name for every process', () => {
    const curves = ['a orchestrator', 'b <odd>'].map((process) => ({ process, points: rising(10) }));
    const picture = drawn(curves, 'memory');
    expect(picture.match(/stroke-width/g)).toHaveLength(2);
    expect(picture).toContain('>a orchestrator</text>');
    expect(picture).toContain('>b &lt;odd></text>');
    expect(picture).not.toContain('NaN');
  });
});
