import { scheduleOf } from './faults/schedule.js';
import { sendOut } from './fleet.js';
import { useQuickSignatures } from './kernel/quick-signatures.js';
import type { SimulationOptions } from './options.js';
import { mixOf } from './mutations/mix-of.js';
import { play } from './play.js';
import { Tally, type FoundViolation } from './report.js';
import { shrink } from './shrink.js';
import { KEY_PAIRS } from './world/ground.js';

/** One seed of so many is lived through twice. */
const SAMPLE = 20;
const SHRUNK_AT_MOST = 3;
const SHOWN_LINES = 120;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** Many lives, or the transcript of one. True when nothing was that must not be. */
export function explore(options: SimulationOptions): Promise<boolean> {
  return options.transcript ? tell(options) : exploreMany(options);
}

async function exploreMany({
  seeds,
  seed: first,
  hours,
  hunt,
  workers,
  json,
  bail,
}: SimulationOptions): Promise<boolean> {
  const errands = Array.from({ length: seeds }, (_, index) => ({
    seed: first + index,
    hours,
    hunt,
    // A hunt ends with what it looks for.
    isSample: index % SAMPLE === 0 && hunt === undefined,
  }));
  const tally = new Tally();
  await sendOut(errands, workers, (life) => {
    tally.add(life);
    for (const { invariant, says } of life.violations) progress(`seed ${life.seed}: ${invariant}: ${says}`);
    if (life.isRepeatable === false) progress(`seed ${life.seed}: another life of it went another way`);
    return !bail || life.violations.length === 0;
  });
  const { report } = tally;
  if (!bail) for (const found of report.violations.slice(0, SHRUNK_AT_MOST)) await explain(found, hours, hunt);
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

/** The fewest faults that lead to it, and what happened with them. */
async function explain({ seed, invariant, says }: FoundViolation, hours: number, hunt?: string): Promise<void> {
  useQuickSignatures(KEY_PAIRS);
  const shrunk = await shrink(scheduleOf(seed, hours, mixOf(hunt)), invariant);
  progress(`\nseed ${seed}: ${invariant}: ${says}`);
  if (!shrunk) return;
  const { terms, faults } = shrunk.schedule;
  progress(`fence mode ${terms.fenceMode}, mode ${terms.mode}; all it takes:`);
  for (const { kind, atMs, forMs } of faults)
    progress(`  ${kind} at ${(atMs / 1_000).toFixed(1)} s for ${(forMs / 1_000).toFixed(1)} s`);
  for (const line of shrunk.played.transcript.slice(-SHOWN_LINES)) progress(line);
}

async function tell({ seed, hours, hunt }: SimulationOptions): Promise<boolean> {
  useQuickSignatures(KEY_PAIRS);
  const { transcript, violations } = await play(scheduleOf(seed, hours, mixOf(hunt)));
  for (const line of transcript) say(line);
  return violations.length === 0;
}
