import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SetupProblem } from '../setup/problem.mjs';
import { asJson, problemsOf, tableOf, trailOf, writeTestReport } from './report.mjs';
import { verify } from './spin.mjs';
import { nameOf, VARIANTS } from './variants.mjs';

/** Each takes memory, and none gains from a second processor. */
const AT_A_TIME = Math.min(2, availableParallelism());

/**
 * `npm run models`: verifies that what the product does holds, and that each unsafe variant of it is refuted.
 * @param {string} root @param {import('../ending.mjs').Run} run @param {string[]} args @returns {Promise<number>} exit code
 */
export async function runModels(root, run, args) {
  const { json, trail } = optionsIn(args);
  const variants = trail === undefined ? VARIANTS : VARIANTS.filter((variant) => nameOf(variant) === trail);
  if (variants.length === 0)
    throw new SetupProblem(`no variant "${trail}"; there are: ${VARIANTS.map(nameOf).join(', ')}`);

  const findings = await inTurns(variants, AT_A_TIME, async (variant) => {
    const verdict = await verify(root, variant, run.signal);
    run.say(`${nameOf(variant)}: ${verdict.result}, ${verdict.states} states, ${verdict.seconds.toFixed(1)} s`);
    return { variant, verdict, problems: problemsOf(variant, verdict) };
  });

  const results = process.env.SIGNALBOX_TEST_RESULTS;
  if (results && trail === undefined) writeTestReport(findings, results);
  console.log(json ? JSON.stringify(asJson(findings), undefined, 2) : tableOf(findings));
  const say = json ? console.error : console.log;
  const failed = findings.filter(({ problems }) => problems.length > 0);
  for (const finding of trail === undefined ? failed : findings) say(`\n${trailOf(finding)}`);
  return failed.length > 0 ? 1 : 0;
}

/** @param {string[]} args */
function optionsIn(args) {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' }, trail: { type: 'string' } } }).values;
  } catch (error) {
    throw new SetupProblem(
      `${/** @type {Error} */ (error).message}. Usage: npm run models -- [--json] [--trail <model>/<variant>]`,
    );
  }
}

/**
 * Works on all items, `width` at a time; the results are in the order of the items.
 * @template T, R @param {readonly T[]} items @param {number} width @param {(item: T) => Promise<R>} work @returns {Promise<R[]>}
 */
async function inTurns(items, width, work) {
  const results = /** @type {R[]} */ ([]);
  const left = [...items.entries()];
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
