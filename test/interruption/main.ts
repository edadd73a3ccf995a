/**
 * `node dist/test/interruption/main.js [<plan> [<at>:<outcome> …]]`: cuts every plan at every prefix and shows the
 * table; or one plan; or plays that plan once, cut as told, and shows its points and what is wrong with its end.
 */
import { OUTCOMES, type Cut, type Outcome } from './cuts.js';
import { CARRIED_OUT, TAKEN_BACK, type Scenario } from './plans.js';
import { play } from './play.js';
import { describePoint, differencesBetween, sweep, type Sweep } from './sweep.js';
import { tableOf } from './table.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function sweepAll(scenarios: readonly Scenario[]): Promise<void> {
  const swept: Sweep[] = [];
  for (const scenario of scenarios) {
    const result = await sweep(scenario, { whole: true });
    swept.push(result);
    result.failures.forEach(say);
    if (result.failures.length > 0) process.exitCode = 1;
  }
  say(tableOf(swept));
}

async function playOnce(scenario: Scenario, cuts: readonly Cut[]): Promise<void> {
  const uncut = await play(scenario);
  const ending = await play(scenario, cuts);
  for (const [at, point] of ending.points.entries()) {
    const outcome = cuts.find((cut) => cut.at === at)?.outcome;
    say(`${String(at).padStart(3)} ${describePoint(point)}${outcome ? `   <- ${outcome}` : ''}`);
  }
  say(JSON.stringify(ending.picture, null, 2));
  for (const wrong of [...ending.wrongs, ...differencesBetween(uncut, ending)]) say(`wrong: ${wrong}`);
}

function cutOf(text: string): Cut {
  const [at, outcome] = text.split(':');
  if (!OUTCOMES.includes(outcome as Outcome))
    throw new Error(`${text} is no <at>:<outcome>; outcomes: ${OUTCOMES.join(', ')}`);
  return { at: Number(at), outcome: outcome as Outcome };
}

const [plan, ...cuts] = process.argv.slice(2);
const scenarios = [...CARRIED_OUT, ...TAKEN_BACK].filter(({ name }) => plan === undefined || name === plan);
const [first] = scenarios;
if (!first)
  throw new Error(
    `no plan "${plan}"; there are: ${[...CARRIED_OUT, ...TAKEN_BACK].map(({ name }) => name).join('; ')}`,
  );
if (cuts.length > 0) await playOnce(first, cuts.map(cutOf));
else await sweepAll(scenarios);
