/**
 * `node scripts/run.mjs <task> [arguments]`: does the set-up a task needs, builds, and runs it on the pinned Node.
 * Needs nothing but Node 20. Standard output belongs to the task alone: whatever comes before it goes to standard error.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { endingOn } from './ending.mjs';
import { launch } from './launch.mjs';
import { setUp } from './setup/parts.mjs';
import { SetupProblem } from './setup/problem.mjs';
import { runChecks, runEndToEnd, runHeavy } from './suites.mjs';

const ROOT = join(import.meta.dirname, '..');

/** kafkajs computes a timer in the past once in a while; Node's warning about it means nothing to whoever watches. */
const QUIET_KAFKAJS = ['--disable-warning=TimeoutNegativeWarning'];

/**
 * @typedef {import('./ending.mjs').Run} Run
 * @type {Record<string, { lab: boolean, run: (run: Run, args: string[]) => Promise<number> }>}
 */
const TASKS = {
  check: { lab: false, run: (run) => runChecks(ROOT, run) },
  test: { lab: true, run: async (run) => (await runChecks(ROOT, run)) || runEndToEnd(ROOT, run) },
  heavy: { lab: true, run: (run) => runHeavy(ROOT, run) },
  demo: { lab: true, run: (run, args) => launch(ROOT, [...QUIET_KAFKAJS, 'dist/test/demo/main.js', ...args], run) },
  bench: { lab: true, run: (run, args) => launch(ROOT, ['dist/test/bench/main.js', ...args], run) },
  chaos: { lab: true, run: (run, args) => launch(ROOT, [...QUIET_KAFKAJS, 'dist/test/chaos/main.js', ...args], run) },
  lab: { lab: true, run: (run, args) => launch(ROOT, ['dist/test/lab/main.js', ...args], run) },
};

const [name = '', ...args] = process.argv.slice(2);
const task = TASKS[name];
const run = endingOn(['SIGINT', 'SIGTERM', 'SIGHUP'], (line) => console.error(`set-up: ${line}`));
try {
  if (!task) throw new SetupProblem(`no task "${name}"; there are: ${Object.keys(TASKS).join(', ')}`);
  await setUp(ROOT, task, run);
  await build(ROOT, run);
  process.exitCode = await task.run(run, args);
} catch (error) {
  const isExpected = run.signal.aborted || error instanceof SetupProblem;
  console.error(isExpected ? `${name}: ${/** @type {Error} */ (error).message}` : error);
  process.exitCode = run.exitCode();
}
