import { describe, expect, it } from '@jest/globals';
import type { Vote } from '#libs/domain';
import type { Entry } from '#libs/journal';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import type { Held } from '../group/group-view.js';
import { VoteAges } from './vote-ages.js';

const vote = (key: string, value: string): Held<Vote> => ({
  value: {} as Vote,
  entry: { key, value, revision: 1 as Entry['revision'] },
});

describe(VoteAges.name, () => {
  it('counts from when a vote was first seen as it is, and anew when it says another thing', async () => {
    const clock = new VirtualClock();
    const ages = new VoteAges(clock);
    ages.saw([vote('b', 'up 1'), vote('w', 'up 1')]);
    await clock.advance(2_000);
    ages.saw([vote('b', 'up 2'), vote('w', 'up 1')]);
    await clock.advance(500);
    expect(ages.ageMs(vote('b', 'up 2'))).toBe(500);
    expect(ages.ageMs(vote('w', 'up 1'))).toBe(2_500);
  });

  it('does not know what it was not shown, and forgets what is gone', async () => {
    const clock = new VirtualClock();
    const ages = new VoteAges(clock);
    ages.saw([vote('b', 'up 1')]);
    expect(ages.ageMs(vote('b', 'up 2'))).toBeUndefined();
    await clock.advance(61_000);
    ages.saw([]);
    expect(ages.ageMs(vote('b', 'up 1'))).toBeUndefined();
  });
});
