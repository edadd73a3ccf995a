import { join } from 'node:path';
import { sourceFolders } from './build.mjs';
import { launch, pinnedNode, searchPath } from './launch.mjs';
import { execute } from './setup/execute.mjs';
import { SetupProblem } from './setup/problem.mjs';

/** Everything that judges the code without running it, by name. @param {string[]} folders */
const staticChecks = (folders) => ({
  format: ['node_modules/.bin/prettier', '--check', '.'],
  lint: ['node_modules/.bin/oxlint', '--type-aware', ...folders],
  imports: ['node_modules/.bin/depcruise', ...folders],
  scripts: ['node_modules/.bin/tsc', '-p', 'scripts/tsconfig.json'],
});

/**
 * Static checks and unit tests, all at the same time; every failure is shown, not just the first.
 * @param {string} root @param {import('./ending.mjs').Run} run @returns {Promise<number>} exit code
 */
export async function runChecks(root, run) {
  const checks = Object.entries(staticChecks(sourceFolders(root))).map(async ([name, args]) => {
    const started = performance.now();
    const failure = await failureOf(root, args, run);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { failure, line: `check: ${name} ${failure === undefined ? 'passed' : 'FAILED'}, ${seconds} s` };
  });
  const unitCode = await jest(root, 'unit', [], run);
  const results = await Promise.all(checks);
  for (const { line, failure } of results) console.error(failure === undefined ? line : `${line}\n${failure}`);
  run.signal.throwIfAborted();
  return results.some(({ failure }) => failure !== undefined) ? 1 : unitCode;
}

/** The tests on real parts, one file after the other. @param {string} root @param {import('./ending.mjs').Run} run */
export function runEndToEnd(root, run) {
  return jest(root, 'e2e', ['--config', 'jest.e2e.config.js', '--runInBand'], run);
}

/** Those that take minutes, or some of them by parts of their paths. @param {string} root @param {string[]} paths @param {import('./ending.mjs').Run} run */
export function runHeavy(root, paths, run) {
  return jest(root, 'heavy', ['--config', 'jest.heavy.config.js', '--runInBand', ...paths], run);
}

const WITH_NODES = 'test/kubernetes/(node|etcd-member)\\.';

/**
 * On real API servers: what runs pods one after the other, since each of them wants the whole machine, the others in pairs.
 * @param {string} root @param {import('./ending.mjs').Run} run
 */
export async function runKubernetes(root, run) {
  const nodes = await jest(root, 'nodes', ['--config', 'jest.heavy.config.js', '--runInBand', WITH_NODES], run);
  const others = ['--config', 'jest.kubernetes.config.js', '--testPathIgnorePatterns', WITH_NODES, '--'];
  return (await jest(root, 'kubernetes', [...others, 'test/kubernetes', 'test/chart'], run)) || nodes;
}

/** @param {string} root @param {string[]} args @param {import('./ending.mjs').Run} run @returns {Promise<string | undefined>} */
async function failureOf(root, args, { signal }) {
  try {
    await execute(pinnedNode(root), args, { cwd: root, env: { PATH: searchPath(root) }, signal, shownLines: Infinity });
    return undefined;
  } catch (error) {
    if (error instanceof SetupProblem) return error.message;
    throw error;
  }
}

/** @param {string} root @param {string} suite @param {string[]} args @param {import('./ending.mjs').Run} run */
function jest(root, suite, args, run) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const results = process.env.SIGNALBOX_TEST_RESULTS;
  const report = results ? ['--json', `--outputFile=${join(results, `${suite}.json`)}`] : [];
  return launch(root, [...flags, 'node_modules/jest/bin/jest.js', ...args, ...report], run, { stdout: 'stderr' });
}
