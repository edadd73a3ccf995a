import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { SystemClock } from '#libs/runtime';
import { playLoss } from './loss.js';
import { playThereAndBack } from './there-and-back.js';
import { lineOfLoss, lineOfMoves, playTrials } from './trials.js';

const wholeNumber = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number of at most nine digits');
};
const options = new Command('npm run replication --')
  .description(
    'Loses a site under load, salvages what was stranded, goes home, and counts every record by clients and files alone.',
  )
  .option('--runs <count>', 'how many runs', wholeNumber, 2)
  .option('--per-lab <count>', 'how many of them before there is a new lab', wholeNumber, 1)
  .option('--seed <seed>', 'of the first run; each further one has the next', wholeNumber, 1)
  .option('--planned', 'no site is lost: people move the group to b and home again', false)
  .option('--verbose', 'say everything that is typed, decided and done', false)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .parse(process.argv.slice(2), { from: 'user' })
  .opts<{
    readonly runs: number;
    readonly perLab: number;
    readonly seed: number;
    readonly planned: boolean;
    readonly verbose: boolean;
    readonly json: boolean;
  }>();
/** Standard output is the report's alone with --json. */
const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'signalbox-replication-'));
const course = { ...options, clock: new SystemClock(), folder, say, ...(options.verbose && { tell: say }) };
const trials = options.planned
  ? await playTrials(course, playThereAndBack, lineOfMoves)
  : await playTrials(course, playLoss, lineOfLoss);
if (options.json) process.stdout.write(`${JSON.stringify({ trials }, null, 2)}\n`);
process.exit(trials.every(({ violations }) => violations.length === 0) ? 0 : 1);
