import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from '../setup/execute.mjs';
import { SetupProblem } from '../setup/problem.mjs';
import { nameOf } from './variants.mjs';

/** Per verifier; two run at a time. Reaching it ends a search, which counts as a failure. */
const MEMORY_MEGABYTES = 2_500;
const MAX_DEPTH = 500_000;
/** For a machine with nothing but trouble; a search takes seconds. */
const VERIFIES_WITHIN_SECONDS = 1_200;

/**
 * What a search came to. `incomplete`: it says nothing, for the reason in `problem`.
 * @typedef {object} Verdict
 * @property {'holds' | 'refuted' | 'incomplete'} result
 * @property {number} states different ones that were visited
 * @property {number} seconds
 * @property {string} [problem]
 * @property {readonly string[]} unreached what the model tells of and what never happened, as its source has it
 * @property {readonly string[]} trail what happens on the way to the error, one event per line
 */

/**
 * Searches all states of one variant, or finds the shortest way to an error where one is expected. What Spin and the
 * compiler make is gone afterwards.
 * @param {string} root @param {import('./variants.mjs').Variant} variant @param {AbortSignal} signal
 * @returns {Promise<Verdict>} @throws {SetupProblem} when the model does not compile
 */
export async function verify(root, variant, signal) {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-model-'));
  try {
    const flags = Object.entries(variant.flags).map(([name, value]) => `-D${name}=${value}`);
    const model = `${variant.model}.pml`;
    await copyFile(join(root, 'models', model), join(folder, model));
    await execute('spin', ['-a', '-o3', ...flags, model], { cwd: folder, signal });
    const search = variant.expected === 'refuted' && variant.search !== 'depth' ? ['-DBFS'] : ['-DCOLLAPSE'];
    const how = ['-O2', '-w', '-DSAFETY', `-DMEMLIM=${MEMORY_MEGABYTES}`, ...search];
    await execute('gcc', [...how, '-o', 'pan', 'pan.c'], { cwd: folder, signal });
    const started = performance.now();
    const output = await execute('./pan', [`-m${MAX_DEPTH}`, '-E', `-Q${VERIFIES_WITHIN_SECONDS / 60}`], {
      cwd: folder,
      signal,
    });
    const seconds = (performance.now() - started) / 1000;
    const trail = /wrote .*\.trail/.test(output) ? await execute('./pan', ['-S'], { cwd: folder, signal }) : '';
    return { ...verdictOf(output, await readFile(join(folder, 'pan.t'), 'utf8')), seconds, trail: eventsIn(trail) };
  } catch (error) {
    if (error instanceof SetupProblem) throw new SetupProblem(`${nameOf(variant)}: ${error.message}`);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads what a verifier printed. Anything but a full search without a limit is no proof.
 * @param {string} output @param {string} transitions its table of them: an event stands in it once for each of its copies
 */
export function verdictOf(output, transitions) {
  const errors = Number(/errors: (\d+)/.exec(output)?.[1] ?? NaN);
  const states = Number(/(\d+)(?:e\+\d+)? states, stored/.exec(output)?.[1] ?? 0);
  const unreached = unreachedIn(output, transitions);
  const limit = /Search not completed|max search depth too small|out of memory|MEMLIM|time limit|hash-?compact/i.exec(
    output,
  );
  const isFull = /^\s*Full statespace search for:/m.test(output);
  if (errors > 0) return { result: /** @type {const} */ ('refuted'), states, unreached, problem: violationIn(output) };
  if (errors === 0 && isFull && !limit) return { result: /** @type {const} */ ('holds'), states, unreached };
  const problem = limit?.[0] ?? 'the verifier did not say that it searched everything';
  return { result: /** @type {const} */ ('incomplete'), states, unreached, problem };
}

/** @param {string} output */
const violationIn = (output) =>
  /pan:\d+: (.+) \(at depth/.exec(output)?.[1] ?? 'an error that the verifier did not name';

/** Events of which no copy was reached. @param {string} output @param {string} transitions */
function unreachedIn(output, transitions) {
  const lines = [...output.matchAll(/^\t\S+:\d+, state \d+, "(printf\('.*)"$/gm)].map(([, event = '']) => event);
  const copiesOf = (/** @type {string} */ event) => transitions.split(`"${event.replaceAll('\\', '\\\\')}"`).length - 1;
  const events = [...new Set(lines)];
  return events.filter((event) => lines.filter((line) => line === event).length >= copiesOf(event));
}

/** What the model tells, without the state that the verifier adds. @param {string} replay */
const eventsIn = (replay) =>
  replay
    .replace(/^#processes[^]*/m, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(pan|spin):/.test(line));
