import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { MUTATIONS } from './mutations/catalogue.js';

export interface SimulationOptions {
  readonly seeds: number;
  /** Of the first life; each further one has the next. */
  readonly seed: number;
  /** How much time passes for each seed. */
  readonly hours: number;
  readonly workers: number;
  /** Only the report on stdout. */
  readonly json: boolean;
  /** Shows what happened, line by line: for one seed. */
  readonly transcript: boolean;
  /** Ends with the first violation. */
  readonly bail: boolean;
  /** Faults of the mix that this mutation is hunted with, and no others. */
  readonly hunt?: string;
}

const DEFAULT_SEEDS = 50;
const DEFAULT_HOURS = 12;

export const parseOptions = (args: readonly string[]): SimulationOptions =>
  new Command('npm run sim --')
    .description('Lives of three sites in virtual time, with everything that goes wrong, judged after every event.')
    .option('--seeds <count>', 'how many lives', wholeNumber, DEFAULT_SEEDS)
    .option('--seed <seed>', 'of the first life; each further one has the next', wholeNumber, 1)
    .option('--hours <hours>', 'how much time passes in each life', wholeNumber, DEFAULT_HOURS)
    .option('--workers <count>', 'how many at once', wholeNumber, availableParallelism())
    .option('--transcript', 'show what happened, for a single seed', false)
    .option('--bail', 'end with the first violation', false)
    .option('--hunt <mutation>', 'only faults in which the rule that it breaks matters', hunted)
    .option('--noise', 'another mode: how often noise moves a group (--noise --help)')
    .option('--mutations', 'another mode: broken rules, each of them caught (--mutations --help)')
    .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
    .parse(args, { from: 'user' })
    .opts<SimulationOptions>();

const hunted = (name: string): string => {
  if (name in MUTATIONS) return name;
  throw new InvalidArgumentError(`one of ${Object.keys(MUTATIONS).join(', ')}`);
};

const wholeNumber = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number of at most nine digits');
};
