import { Command, InvalidArgumentError, Option } from 'commander';

export const FAULTS = [
  'kill',
  'freeze',
  'cut-ab',
  'isolate-a',
  'kill-monitor',
  'kill-witness-and-a',
  'stand-still',
  'none',
] as const;
export type FaultName = (typeof FAULTS)[number];

export const MODES = ['observe', 'approve', 'automatic'] as const;
export type Mode = (typeof MODES)[number];

/** How far the story goes: to the application at B, or until it is at home again. */
export const ENDINGS = ['failover', 'home'] as const;
export type Ending = (typeof ENDINGS)[number];

export const DNS = ['bind', 'route53'] as const;
export type DnsName = (typeof DNS)[number];

export interface DemoOptions {
  readonly fault: FaultName;
  readonly mode: Mode;
  readonly until: Ending;
  /** No fault: a person moves the group to B. */
  readonly planned: boolean;
  /** Seed of the choice which Signalbox process is killed once on the way, and when. */
  readonly killRandom?: number;
  /** What keeps the name that clients follow: BIND when absent, or a fake of Route 53 that serves its own answers. */
  readonly dns?: DnsName;
  /** Leaves the lab up after the report, until Ctrl-C. */
  readonly keep: boolean;
  /** Sites A and B are clusters of Kubernetes, with Signalbox and its clients as pods. */
  readonly kubernetes?: boolean;
  /** In the middle of the failover, the chart at B is upgraded. */
  readonly upgrade?: boolean;
  /** Only the report on stdout. */
  readonly json: boolean;
}

export const parseOptions = (args: readonly string[]): DemoOptions =>
  new Command('npm run demo --')
    .description('Two sites and a witness on real parts, a fault, and what Signalbox does about it.')
    .addOption(new Option('--fault <fault>', 'what happens to site A').choices(FAULTS).default('kill'))
    .addOption(new Option('--mode <mode>', 'what Signalbox may do').choices(MODES).default('automatic'))
    .addOption(new Option('--until <end>', 'how far a killed site A is followed').choices(ENDINGS).default('home'))
    .addOption(new Option('--planned', 'no fault: a switchover to B under load').default(false).conflicts('fault'))
    .addOption(new Option('--kill-random <seed>', 'kill one process of Signalbox on the way').argParser(seed))
    .addOption(new Option('--dns <dns>', 'what keeps the name of the clients').choices(DNS).default('bind'))
    .addOption(
      new Option('--kubernetes', 'sites A and B are real clusters of Kubernetes, with pods')
        .default(false)
        .implies({ fault: 'stand-still' }),
    )
    .option('--upgrade', 'with --kubernetes: upgrade the chart at B while the failover runs', false)
    .option('--keep', 'leave everything up after the report, until Ctrl-C', false)
    .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
    .parse(args, { from: 'user' })
    .opts<DemoOptions>();

const seed = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number of at most nine digits');
};
