import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { MutatedBuild } from '../../chaos/mutation.js';
import type { Report } from '../report.js';
import { MUTATIONS } from './catalogue.js';

/** A mutation that survives this many lives is one that the simulator cannot see. */
const WITHIN_SEEDS = 1_000;

export interface Caught {
  readonly caught: boolean;
  /** The first that saw it. */
  readonly seed?: number;
  readonly invariant?: string;
}

interface Options {
  readonly seeds: number;
  readonly only?: string;
  readonly json: boolean;
}

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1.');
};

const optionsOf = (args: readonly string[]): Options =>
  new Command('npm run sim -- --mutations')
    .description(
      'Breaks rules of the product one by one, in a build that is thrown away, and sees each of them caught.',
    )
    .option('--mutations', 'this mode')
    .option('--seeds <count>', 'lives that each mutation may survive at most', wholeNumber, WITHIN_SEEDS)
    .option('--only <name>', `one of: ${Object.keys(MUTATIONS).join(', ')}`)
    .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
    .parse(args, { from: 'user' })
    .opts<Options>();

/** Runs the mode, and says whether every mutation was caught. */
export async function catchMutations(args: readonly string[]): Promise<boolean> {
  const { seeds, only, json } = optionsOf(args);
  const names = Object.keys(MUTATIONS).filter((name) => only === undefined || name === only);
  if (names.length === 0) throw new Error(`there is no mutation ${only}`);
  const mutations: Record<string, Caught> = {};
  for (const name of names) {
    const caught = await huntFor(name, seeds);
    mutations[name] = caught;
    process.stderr.write(`${name}: ${caught.caught ? `seed ${caught.seed}, ${caught.invariant}` : 'SURVIVED'}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify({ mutations })}\n`);
  return Object.values(mutations).every(({ caught }) => caught);
}

async function huntFor(name: string, seeds: number): Promise<Caught> {
  const build = new MutatedBuild(...(MUTATIONS[name]?.changes ?? []));
  try {
    const { violations } = await explored(build.path, name, seeds);
    const [first] = violations;
    return first ? { caught: true, seed: first.seed, invariant: first.invariant } : { caught: false };
  } finally {
    build.remove();
  }
}

/** In a process of its own, which has the mutated modules and no others. */
const explored = (path: string, name: string, seeds: number): Promise<Report> =>
  new Promise((resolve, reject) => {
    const main = join(path, 'dist/test/simulation/main.js');
    const args = [main, '--seeds', String(seeds), '--hunt', name, '--bail', '--json'];
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout) as Report);
      } catch {
        reject(error ?? new Error(`it printed no report: ${stdout}`));
      }
    });
  });
