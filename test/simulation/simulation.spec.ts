import { describe, expect, it } from '@jest/globals';
import type { Schedule } from './faults/schedule.js';
import { play } from './play.js';

/** As little as makes a group move: the many are lived through in CI's heavy suites. */
const A_MOVE: Schedule = {
  seed: 1,
  hours: 0.025,
  terms: { fenceMode: 'strict', mode: 'automatic', policy: { targetHealthyMs: 10_000, protectedAfterMs: 5_000 } },
  faults: [{ kind: 'people-move', atMs: 45_000, forMs: 1_000, seed: 2 }],
};

describe('a life of three sites', () => {
  it('is as it has to be after every event, and comes to rest', async () => {
    const { violations, runs } = await play(A_MOVE);
    expect(violations).toEqual([]);
    expect(runs).toEqual({ 'switchover completed': 1, 'reprotect completed': 1 });
  });
});
