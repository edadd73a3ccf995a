import { scheduleOf } from './faults/schedule.js';
import { sendOut } from './fleet.js';
import { useQuickSignatures } from './kernel/quick-signatures.js';
import type { SimulationOptions } from './options.js';
import { play } from './play.js';
import { Tally } from './report.js';
import { KEY_PAIRS } from './world/ground.js';

/** One seed of so many is lived through twice. */
const SAMPLE = 20;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** Many lives, or the transcript of one. True when nothing was that must not be. */
export function explore(options: SimulationOptions): Promise<boolean> {
  return options.transcript ? tell(options) : exploreMany(options);
}

async function exploreMany({ seeds, seed: first, hours, workers, json }: SimulationOptions): Promise<boolean> {
  const errands = Array.from({ length: seeds }, (_, index) => ({
    seed: first + index,
    hours,
    isSample: index % SAMPLE === 0,
  }));
  const tally = new Tally();
  await sendOut(errands, workers, (life) => {
    tally.add(life);
    for (const { invariant, says } of life.violations) progress(`seed ${life.seed}: ${invariant}: ${says}`);
    if (life.isRepeatable === false) progress(`seed ${life.seed}: another life of it went another way`);
    return true;
  });
  const { report } = tally;
  if (json) say(JSON.stringify(report));
  else {
    say(`${report.seeds} lives of ${hours} h: ${report.siteHours} site-hours, ${report.runs} runs`);
    for (const [end, count] of Object.entries(report.runsByEnd)) say(`  ${end}: ${count}`);
    say(`${Object.keys(report.faults).length} kinds of fault, ${report.siteHoursPerCoreHour} site-hours per core-hour`);
    say(
      `${report.violations.length} violations; ${report.traceHashMismatches} of ${report.sampled} lived otherwise again`,
    );
  }
  return report.violations.length === 0 && report.traceHashMismatches === 0;
}

async function tell({ seed, hours }: SimulationOptions): Promise<boolean> {
  useQuickSignatures(KEY_PAIRS);
  const { transcript, violations } = await play(scheduleOf(seed, hours));
  for (const line of transcript) say(line);
  return violations.length === 0;
}
