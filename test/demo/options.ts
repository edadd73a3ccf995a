import { Command, Option } from 'commander';

export const FAULTS = ['kill', 'freeze', 'cut-ab', 'isolate-a', 'kill-monitor', 'kill-witness-and-a', 'none'] as const;
export type FaultName = (typeof FAULTS)[number];

export const MODES = ['observe', 'approve', 'automatic'] as const;
export type Mode = (typeof MODES)[number];

export interface DemoOptions {
  readonly fault: FaultName;
  readonly mode: Mode;
  /** Leaves the lab up after the report, until Ctrl-C. */
  readonly keep: boolean;
  /** Only the report on stdout. */
  readonly json: boolean;
}

export const parseOptions = (args: readonly string[]): DemoOptions =>
  new Command('npm run demo --')
    .description('Two sites and a witness on real parts, a fault, and what Signalbox does about it.')
    .addOption(new Option('--fault <fault>', 'what happens to site A').choices(FAULTS).default('kill'))
    .addOption(new Option('--mode <mode>', 'what Signalbox may do').choices(MODES).default('automatic'))
    .option('--keep', 'leave everything up after the report, until Ctrl-C', false)
    .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
    .parse(args, { from: 'user' })
    .opts<DemoOptions>();
