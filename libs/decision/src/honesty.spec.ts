import { describe, expect, it } from '@jest/globals';
import { doubtIn, type SelfSight } from './honesty.js';

const policy = { eventLoopLagMaxMs: 200 };
const calm: SelfSight = { lagMs: 3, jumpMs: 0, anchors: { reached: 3, of: 3 } };
const doubt = (change: Partial<SelfSight>) => doubtIn({ ...calm, ...change }, policy);

describe(doubtIn.name, () => {
  it('has none while anchors answer and time passes as it should', () => {
    expect(doubt({})).toBeUndefined();
    expect(doubt({ lagMs: 200, jumpMs: -1_000, anchors: { reached: 2, of: 3 } })).toBeUndefined();
  });

  it.each([
    [{ jumpMs: 5_000 }, 'breaking', 'the clock jumped by 5000 ms'],
    [{ jumpMs: -1_001 }, 'breaking', 'the clock jumped by -1001 ms'],
    [{ jumpMs: NaN }, 'breaking', 'the clock jumped by NaN ms'],
    [{ lagMs: 201 }, 'passing', 'the event loop lagged 201 ms'],
    [{ lagMs: NaN }, 'passing', 'the event loop lagged NaN ms'],
    [{ anchors: { reached: 1, of: 3 } }, 'passing', 'only 1 of 3 anchors can be reached'],
    [{ lagMs: 900, jumpMs: 9_000 }, 'breaking', 'the clock jumped by 9000 ms'],
  ] as const)('doubts %j', (change, kind, reason) => {
    expect(doubt(change)).toEqual({ kind, reason });
  });

  it('doubts before the anchors have answered once', () => {
    expect(doubtIn({ lagMs: 0, jumpMs: 0 }, policy)).toMatchObject({ kind: 'passing' });
  });
});
