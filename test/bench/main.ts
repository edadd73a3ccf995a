import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '#libs/domain';
import { benchDecision, decisionInWords } from './decision.js';
import { benchDns, dnsInWords } from './dns.js';
import { benchFailover } from './failover.js';
import { inWords } from './figures.js';
import { benchIdle, idleInWords } from './idle-switcher.js';
import { benchJournal, journalInWords } from './journal.js';
import { benchPositions, positionsInWords } from './positions.js';
import { benchRollout, rolloutInWords } from './rollout.js';
import { benchTelemetry, telemetryInWords } from './telemetry.js';

const DEFAULT_RUNS = 5;
const DEFAULT_TRANSACTIONS = 1_000;
const DEFAULT_SEEDS = 20;
const DEFAULT_PAIRS = 21;
const DEFAULT_ROUNDS = 200;
const DEFAULT_PARTITIONS = 10_000;
const DEFAULT_PODS = [1, 20, 200];
const DEFAULT_TARGETS = 200;
const DEFAULT_SECONDS = 60;

interface Options {
  readonly runs: number;
  /** Only the report on stdout. */
  readonly json: boolean;
}

interface DecisionOptions {
  readonly seeds: number;
  readonly json: boolean;
}

interface JournalOptions {
  readonly transactions: number;
  readonly json: boolean;
}

interface DnsOptions {
  readonly pairs: number;
  readonly rounds: number;
  readonly json: boolean;
}

interface PositionsOptions {
  readonly partitions: number;
  readonly json: boolean;
}

interface IdleOptions {
  readonly targets: number;
  readonly seconds: number;
  readonly json: boolean;
}

const positiveCount = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1.');
  return Number(text);
};

/** `1,20,200` */
const positiveCounts = (text: string): number[] => text.split(',').map(positiveCount);

const program = new Command('npm run bench --').description('Measures on real parts; asserts nothing about speed.');
program
  .command('failover')
  .description('how long a failover takes on top of the dwell, beside the bare calls by a script')
  .option('--runs <count>', 'how many failovers, and as many runs of the script', positiveCount, DEFAULT_RUNS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ runs, json }: Options) => {
    const report = await benchFailover(runs, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : inWords(report)}\n`);
  });

program
  .command('journal')
  .description('a transaction on three members, the transactions of a failover, and what a year of records takes')
  .option('--transactions <count>', 'how many are timed', positiveCount, DEFAULT_TRANSACTIONS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ transactions, json }: JournalOptions) => {
    const report = await benchJournal(transactions, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : journalInWords(report)}\n`);
  });

program
  .command('decision')
  .description('the core by itself, in simulated lives, and for a thousand groups in one orchestrator')
  .option('--seeds <count>', 'how many lives are simulated', positiveCount, DEFAULT_SEEDS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ seeds, json }: DecisionOptions) => {
    const report = await benchDecision(seeds, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : decisionInWords(report)}\n`);
  });

program
  .command('dns')
  .description('a switch of 1, 50 and 500 names on BIND beside nsupdate, and a race of two epochs for one name')
  .option(
    '--pairs <count>',
    'how often the same change is made by us and by nsupdate, in turn',
    positiveCount,
    DEFAULT_PAIRS,
  )
  .option('--rounds <count>', 'of the race', positiveCount, DEFAULT_ROUNDS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ pairs, rounds, json }: DnsOptions) => {
    const report = await benchDns(pairs, rounds, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : dnsInWords(report)}\n`);
  });

program
  .command('telemetry')
  .description('a failover without and with a collector of traces: one trace, and what it costs')
  .option('--runs <count>', 'how many failovers of each', positiveCount, 1)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ runs, json }: Options) => {
    const report = await benchTelemetry(runs, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : telemetryInWords(report)}\n`);
  });

program
  .command('positions')
  .description('how far thousands of partitions have come: a sweep of both ends and the offset syncs, beside kafkajs')
  .option('--partitions <count>', 'of one broker, in hundreds', positiveCount, DEFAULT_PARTITIONS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ partitions, json }: PositionsOptions) => {
    const report = await benchPositions(partitions, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : positionsInWords(report)}\n`);
  });

program
  .command('rollout')
  .description('a ConfigMap switched until every pod is verified, beside kubectl rollout restart and status')
  .option('--runs <count>', 'how many of each, in turn', positiveCount, DEFAULT_RUNS)
  .option('--pods <counts>', 'how many pods', positiveCounts, DEFAULT_PODS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ runs, pods, json }: Options & { readonly pods: readonly number[] }) => {
    const report = await benchRollout(pods, runs, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : rolloutInWords(report)}\n`);
  });

program
  .command('idle')
  .description('what a config-switcher takes that only keeps what a run has set')
  .option('--targets <count>', 'how many ConfigMaps it keeps', positiveCount, DEFAULT_TARGETS)
  .option('--seconds <count>', 'for how long it is watched', positiveCount, DEFAULT_SECONDS)
  .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
  .action(async ({ targets, seconds, json }: IdleOptions) => {
    const report = await benchIdle(targets, seconds, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : idleInWords(report)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
