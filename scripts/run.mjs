/**
 * `node scripts/run.mjs <task> [arguments]`: does the set-up a task needs, builds, and runs it on the pinned Node.
 * Needs nothing but Node 20. Standard output belongs to the task alone: whatever comes before it goes to standard error.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { endingOn } from './ending.mjs';
import { launch } from './launch.mjs';
import { runModels } from './models/main.mjs';
import { isNeed, NEEDS, obstaclesTo, setUp } from './setup/parts.mjs';
import { ObstacleProblem, SetupProblem } from './setup/problem.mjs';
import { runChecks, runEndToEnd, runHeavy, runKubernetes } from './suites.mjs';

const ROOT = join(import.meta.dirname, '..');

/** kafkajs computes a timer in the past once in a while; Node's warning about it means nothing to whoever watches. */
const QUIET_KAFKAJS = ['--disable-warning=TimeoutNegativeWarning'];

/**
 * @typedef {import('./ending.mjs').Run} Run
 * @typedef {import('./setup/parts.mjs').Need} Need
 * @typedef {object} Task
 * @property {readonly Need[]} needs without which it does not start
 * @property {(args: string[]) => readonly Need[]} [wants] without which it starts as well, and skips what takes them
 * @property {(run: Run, args: string[]) => Promise<number>} run
 */

/** What tests ask that run no pods: Kafka and Connect are turned by Strimzi's resources. @type {readonly Need[]} */
const API_SERVERS = ['kubernetes', 'strimzi', 'lab', 'proxy'];
/** A cluster with a node, and images for its pods. @type {readonly Need[]} */
const WITH_PODS = ['kubernetes', 'node', 'images', 'strimzi', 'proxy'];

/** @type {Record<string, Task>} */
const TASKS = {
  check: { needs: ['npm'], run: (run) => runChecks(ROOT, run) },
  test: {
    needs: ['npm', 'lab', 'name-servers', 'alerts'],
    run: async (run) => (await runChecks(ROOT, run)) || runEndToEnd(ROOT, run),
  },
  heavy: {
    needs: ['npm', 'lab', 'name-servers', 'schemathesis'],
    wants: (args) => (args.length === 0 ? ['older-kafka'] : []),
    run: (run, args) => runHeavy(ROOT, args, run),
  },
  matrix: {
    needs: ['npm', 'lab', 'older-kafka'],
    run: (run, args) => runHeavy(ROOT, ['mirror-matrix', ...args], run),
  },
  kubernetes: {
    needs: ['npm'],
    // A node takes minutes to build and is of no use to what asks an API server only.
    wants: (args) => (hasNode(args) ? [...API_SERVERS, 'node', 'images'] : API_SERVERS),
    run: (run, args) => (args.length > 0 ? runHeavy(ROOT, args, run) : runKubernetes(ROOT, run)),
  },
  demo: {
    needs: ['npm', 'lab'],
    wants: onKubernetes,
    run: (run, args) => program('demo', QUIET_KAFKAJS, args, run),
  },
  bench: { needs: ['npm', 'lab', 'name-servers'], run: (run, args) => program('bench', [], args, run) },
  chaos: { needs: ['npm', 'lab'], run: (run, args) => program('chaos', QUIET_KAFKAJS, args, run) },
  replication: { needs: ['npm', 'lab'], run: (run, args) => program('replication', QUIET_KAFKAJS, args, run) },
  soak: { needs: ['npm', 'lab'], run: (run, args) => program('soak', QUIET_KAFKAJS, args, run) },
  sim: { needs: ['npm'], run: (run, args) => program('simulation', [], args, run) },
  scenarios: { needs: ['npm'], run: (run, args) => program('scenarios', [], args, run) },
  lab: { needs: ['npm', 'lab'], wants: onKubernetes, run: (run, args) => program('lab', [], args, run) },
  image: { needs: ['npm'], wants: () => ['images'], run: (run) => runHeavy(ROOT, ['test/image'], run) },
  setup: { needs: [], wants: (args) => needsNamed(args), run: () => Promise.resolve(0) },
  models: { needs: ['spin'], run: (run, args) => runModels(ROOT, run, args) },
};

/** All there are, when none is named. @param {string[]} names @returns {readonly Need[]} */
function needsNamed(names) {
  const unknown = names.filter((each) => !isNeed(each));
  if (unknown.length > 0) throw new SetupProblem(`no part "${unknown.join('", "')}"; there are: ${NEEDS.join(', ')}`);
  return names.length > 0 ? names.filter(isNeed) : NEEDS;
}

/** @param {string} name of a folder of `test` @param {string[]} flags of Node @param {string[]} args @param {Run} run */
function program(name, flags, args, run) {
  return launch(ROOT, [...flags, `dist/test/${name}/main.js`, ...args], run);
}

/** @param {readonly string[]} args */
function onKubernetes(args) {
  return args.includes('--kubernetes') ? WITH_PODS : [];
}

/** Whether tests of these paths, all of them when there are none, may run pods. @param {readonly string[]} paths */
function hasNode(paths) {
  return paths.length === 0 || paths.some((path) => /node|etcd-member|kubernetes\/?$/.test(path));
}

/** @param {readonly Need[]} wants */
async function setUpWherePossible(wants) {
  const possible = wants.filter((need) => {
    const obstacles = obstaclesTo(ROOT, need);
    for (const obstacle of obstacles) run.say(`${need}: not possible here, so what takes it is skipped: ${obstacle}`);
    return obstacles.length === 0;
  });
  try {
    await setUp(ROOT, possible, run);
  } catch (error) {
    if (!(error instanceof ObstacleProblem)) throw error;
    run.say(`not possible here, so what takes it is skipped: ${error.message}`);
  }
}

const [name = '', ...args] = process.argv.slice(2);
const task = TASKS[name];
const run = endingOn(['SIGINT', 'SIGTERM', 'SIGHUP'], (line) => console.error(`set-up: ${line}`));
try {
  if (!task) throw new SetupProblem(`no task "${name}"; there are: ${Object.keys(TASKS).join(', ')}`);
  await setUp(ROOT, task.needs, run);
  await setUpWherePossible(task.wants?.(args) ?? []);
  if (task.needs.includes('npm')) await build(ROOT, run);
  process.exitCode = await task.run(run, args);
} catch (error) {
  const isExpected = run.signal.aborted || error instanceof SetupProblem;
  console.error(isExpected ? `${name}: ${/** @type {Error} */ (error).message}` : error);
  process.exitCode = run.exitCode();
}
