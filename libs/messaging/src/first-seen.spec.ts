import { describe, expect, it } from '@jest/globals';
import { FirstSeen } from './first-seen.js';

const event = (sequence: number, incarnation = 'one', source = 'health-monitor@b') => ({
  source,
  incarnation,
  sequence,
});

describe('first seen', () => {
  it('lets each event through once, also when copies overtake each other', () => {
    const seen = new FirstSeen();
    expect([1, 2, 2, 4, 3, 4, 1].map((n) => seen.isFirst(event(n)))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('keeps sources apart', () => {
    const seen = new FirstSeen();
    expect(seen.isFirst(event(1))).toBe(true);
    expect(seen.isFirst(event(1, 'one', 'health-monitor@w'))).toBe(true);
  });

  it('takes nothing more from an incarnation that a later one has followed', () => {
    const seen = new FirstSeen();
    seen.isFirst(event(7, 'one'));
    expect(seen.isFirst(event(1, 'two'))).toBe(true);
    expect(seen.isFirst(event(8, 'one'))).toBe(false);
    expect(seen.isFirst(event(2, 'two'))).toBe(true);
  });

  it('drops what is far behind, and remembers only a window', () => {
    const seen = new FirstSeen();
    for (let n = 1; n <= 2_000; n++) expect(seen.isFirst(event(n))).toBe(true);
    expect(seen.isFirst(event(1_000))).toBe(false);
    expect(seen.isFirst(event(1_999))).toBe(false);
    expect(seen.isFirst(event(2_001))).toBe(true);
  });
});
