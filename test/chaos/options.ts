import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_NAMES, type FaultName } from './schedule.js';

export interface ChaosOptions {
  readonly runs: number;
  /** Of the first run; each further one has the next. */
  readonly seed: number;
  /** The same kind of fault in every run; by seed when absent. */
  readonly fault?: FaultName;
  /** Ends with the first violation. */
  readonly bail: boolean;
  /** Ends with the process that started it. */
  readonly owned: boolean;
  /** Only the report on stdout. */
  readonly json: boolean;
}

const DEFAULT_RUNS = 10;
const DEFAULT_SEED = 1;

export const parseOptions = (args: readonly string[]): ChaosOptions =>
  new Command('npm run chaos --')
    .description('Runs under faults on real parts, judged by a checker that shares no code with Signalbox.')
    .option('--runs <count>', 'how many runs', wholeNumber, DEFAULT_RUNS)
    .option('--seed <seed>', 'of the first run; each further one has the next', wholeNumber, DEFAULT_SEED)
    .addOption(new Option('--fault <name>', 'in every run; by seed without it').choices(FAULT_NAMES))
    .option('--bail', 'end with the first violation', false)
    .option('--owned', 'end when standard input closes, as it does when the process that started this one dies', false)
    .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
    .parse(args, { from: 'user' })
    .opts<ChaosOptions>();

const wholeNumber = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number of at most nine digits');
};
