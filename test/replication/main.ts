import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { SystemClock } from '#libs/runtime';
import { lineOf, playTrials } from './trials.js';

const wholeNumber = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number of at most nine digits');
};
const options = new Command('npm run replication --')
  .description(
    'Loses a site under load, salvages what was stranded, and counts every record by clients and files alone.',
  )
  .option('--runs <count>', 'how many runs', wholeNumber, 2)
  .option('--seed <seed>', 'of the first run; each further one has the next', wholeNumber, 1)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .parse(process.argv.slice(2), { from: 'user' })
  .opts<{ readonly runs: number; readonly seed: number; readonly json: boolean }>();
/** Standard output is the report's alone with --json. */
const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'signalbox-replication-'));
const trials = await playTrials({ ...options, clock: new SystemClock(), folder, say });
if (options.json) process.stdout.write(`${JSON.stringify({ trials }, null, 2)}\n`);
else for (const trial of trials) say(lineOf(trial));
process.exit(trials.every(({ violations }) => violations.length === 0) ? 0 : 1);
