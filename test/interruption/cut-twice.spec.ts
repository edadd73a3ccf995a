import { describe, expect, it } from '@jest/globals';
import { OUTCOMES, type Cut } from './cuts.js';
import { CARRIED_OUT, TAKEN_BACK, type Scenario } from './plans.js';
import { play, type Ending } from './play.js';
import { SeededRandom } from './seeded.js';
import { judged, told } from './sweep.js';

const SEED = 20260101;
const PLAYS_PER_PLAN = 10;
/** How far after the first cut the second one may be: within the recovery, most of the time. */
const WITHIN = 30;
const TIMEOUT_MS = 600_000;

function twoCuts({ points }: Ending, random: SeededRandom): readonly Cut[] {
  const first = Math.floor(random.fraction() * points.length);
  const second = first + 1 + Math.floor(random.fraction() * WITHIN);
  return [first, second].map((at) => ({ at, outcome: random.pick(OUTCOMES) }));
}

/** What went wrong in the plays of one seed, each with all that is needed to play it again. */
async function failuresOf(scenario: Scenario, seed: number): Promise<string[]> {
  const uncut = await play(scenario);
  const random = new SeededRandom(seed);
  const failures: string[] = [];
  for (let times = 0; times < PLAYS_PER_PLAN; times++) {
    const cuts = twoCuts(uncut, random);
    const wrongs = await judged(scenario, uncut, cuts);
    if (wrongs.length > 0) failures.push(`seed ${seed}: ${told(scenario, uncut, cuts, wrongs)}`);
  }
  return failures;
}

describe(`a plan that is cut again while it recovers, ${PLAYS_PER_PLAN} times by seed ${SEED}, ends as if it had not been`, () => {
  it.each([...CARRIED_OUT, ...TAKEN_BACK])(
    '$name',
    async (scenario) => {
      expect(await failuresOf(scenario, SEED)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
