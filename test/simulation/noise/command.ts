import { readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { findGroup, parseTopology, policyOf, rtoSum } from '#libs/topology';
import { groupId } from '#libs/domain';
import { SeededRandom } from '../../interruption/seeded.js';
import { LAYOUTS, type LayoutName } from './layout.js';
import { picture } from './picture.js';
import { noiseReport, type NoiseReport } from './report.js';

const EXAMPLE = 'docs/examples/two-sites-and-witness.yaml';
const UPPER95_MAX = 0.1;
const DEFAULT_YEARS = 400;
const LOSSES = 2_000;

interface Options {
  readonly years: number;
  readonly seed: number;
  readonly picture?: string;
  readonly json: boolean;
}

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1.');
};

const optionsOf = (args: readonly string[]): Options =>
  new Command('npm run sim -- --noise')
    .description('Years of noise, and true losses: how often the policy is wrong, and how late when it is right.')
    .option('--noise', 'this mode')
    .option('--years <count>', 'simulated for each layout of paths', wholeNumber, DEFAULT_YEARS)
    .option('--seed <seed>', 'of the noise', wholeNumber, 1)
    .option('--picture <file>', 'write the curves there, as SVG')
    .option('--json', 'print the report as JSON, and nothing else, on stdout', false)
    .parse(args, { from: 'user' })
    .opts<Options>();

/** Runs the mode, and says whether the recommended policy keeps both promises. */
export function measureNoise(args: readonly string[]): boolean {
  const { years, seed, picture: file, json } = optionsOf(args);
  const topology = parseTopology(readFileSync(EXAMPLE, 'utf8'), EXAMPLE);
  const group = findGroup(topology, groupId('orders'));
  const { terms, goalMs } = rtoSum(topology, group);
  const before = ['first failed round', 'dwell'];
  const report = noiseReport({
    years,
    seed,
    losses: LOSSES,
    policy: numbersOf(policyOf(topology, group)),
    afterDecisionMs: terms.filter(({ name }) => !before.includes(name)).reduce((sum, { ms }) => sum + ms, 0),
    rtoGoalMs: goalMs,
    random: (each) => new SeededRandom(each),
    tell: (line) => void process.stderr.write(`${line}\n`),
  });
  if (file !== undefined) writeFileSync(file, picture(report));
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : inWords(report)}\n`);
  return report.upper95 < UPPER95_MAX && report.trueLossRtoMsMax < goalMs;
}

/** What the detector, the votes and the verdict go by, and nothing else. */
const numbersOf = ({
  roundMs,
  jitter,
  probeTimeoutMs,
  suspectAfterRounds,
  downAfterRounds,
  voteTtlMs,
  quorum,
  dwellShortMs,
  dwellLongMs,
}: ReturnType<typeof policyOf>) => ({
  roundMs,
  jitter,
  probeTimeoutMs,
  suspectAfterRounds,
  downAfterRounds,
  voteTtlMs,
  quorum,
  dwellShortMs,
  dwellLongMs,
});

function inWords({ years, layouts, decidedAfterMsMax, trueLossRtoMsMax, policy }: NoiseReport): string {
  const rates = Object.entries(layouts).map(([name, { falseFailoversPerYear, upper95 }]) => {
    const { words } = LAYOUTS[name as LayoutName];
    return `  ${words.padEnd(40)} ${falseFailoversPerYear.toFixed(3)} a year, less than ${upper95.toFixed(3)} (95 %)`;
  });
  return [
    `${years} years of noise, dwell ${policy.dwellShortMs / 1_000} s and ${policy.dwellLongMs / 1_000} s, false failovers:`,
    ...rates,
    `A lost site is decided ${decidedAfterMsMax.site} ms after the first failed round at the latest,`,
    `a lost cluster ${decidedAfterMsMax.cluster} ms; clients are served after ${trueLossRtoMsMax} ms at the latest.`,
  ].join('\n');
}
