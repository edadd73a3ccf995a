/**
 * What CI runs: `npm test`, then the suites that are too heavy for it. Ends with one line of totals, summed from what
 * the test runner itself wrote, and fails when anything did, or when no test ran.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs } from './setup/watchdog.mjs';

/** A suite that hangs is ended and has failed, so that CI says so instead of hanging with it. */
const SUITE_ENDS_WITHIN_MS = 45 * 60_000;
/** For whatever cleans up behind itself. */
const DIES_WITHIN_MS = 60_000;
/** @type {readonly NodeJS.Signals[]} */
const OUR_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Suites beyond `npm test`, as arguments of npm. They write a Jest report each into SIGNALBOX_TEST_RESULTS, or say it all by their exit code. */
const HEAVY_SUITES = [
  ['run', 'models'],
  ['run', 'test:heavy', '--', 'test/interruption'],
  ['run', 'test:heavy', '--', 'test/scenarios'],
  ['run', 'test:heavy', '--', 'dns-switcher'],
  ['run', 'test:heavy', '--', 'apps/orchestrator'],
  ['run', 'sim', '--', '--seeds', '150'],
  ['run', 'test:heavy', '--', 'test/chaos'],
  ['run', 'test:heavy', '--', 'test/replication'],
  ['run', 'test:kubernetes'],
];

const results = mkdtempSync(join(tmpdir(), 'signalbox-ci-'));
let isEnding = false;
const failures = [];
for (const [index, args] of [['test'], ...HEAVY_SUITES].entries()) {
  if (isEnding) break;
  const reports = join(results, String(index));
  mkdirSync(reports);
  const failure = await failureOf(args, reports);
  if (failure === undefined) continue;
  failures.push(failure);
  console.log(`npm ${args.join(' ')} failed: ${failure}`);
}

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const report of readdirSync(results, { recursive: true }).map(String)) {
  if (!report.endsWith('.json')) continue;
  const { passed, failed, skipped } = totalsIn(join(results, report));
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
}
rmSync(results, { recursive: true, force: true });
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = failures.length > 0 || totals.failed > 0 || totals.passed === 0 ? 1 : 0;

/**
 * Runs npm as the leader of a process group, which is ended as a whole. Every suite has a folder of its own for its
 * reports: two may run the same kind of tests.
 * @param {string[]} args @param {string} reports @returns {Promise<string | undefined>}
 */
async function failureOf(args, reports) {
  const env = { ...process.env, CI: 'true', SIGNALBOX_TEST_RESULTS: reports };
  const child = spawn('npm', args, { stdio: ['ignore', 'inherit', 'inherit'], env, detached: true });
  const { pid } = child;
  if (pid === undefined) return String(await once(child, 'error'));
  const releaseWatchdog = endWithUs(-pid, 'TERM');
  /** @param {NodeJS.Signals} name */
  const pass = (name) => {
    isEnding = true;
    signalGroup(pid, name);
  };
  for (const name of OUR_SIGNALS) process.on(name, pass);
  const ended = once(child, 'exit');
  const isLate = await Promise.race([ended.then(() => false), delay(SUITE_ENDS_WITHIN_MS, true, { ref: false })]);
  if (isLate) await endGroup(pid);
  const [code, signal] = await ended;
  for (const name of OUR_SIGNALS) process.off(name, pass);
  releaseWatchdog();
  if (isLate) return `it did not end within ${SUITE_ENDS_WITHIN_MS / 60_000} minutes`;
  return code === 0 ? undefined : (signal ?? `exit code ${code}`);
}

/** Npm itself goes before what it started, so the whole group is waited for. @param {number} pid */
async function endGroup(pid) {
  signalGroup(pid, 'SIGTERM');
  const killAt = performance.now() + DIES_WITHIN_MS;
  while (performance.now() < killAt && signalGroup(pid, 0)) await delay(100);
  signalGroup(pid, 'SIGKILL');
}

/** False when there is no such group any more. @param {number} pid @param {NodeJS.Signals | 0} name */
function signalGroup(pid, name) {
  try {
    return process.kill(-pid, name);
  } catch {
    return false;
  }
}

/** @param {string} path */
function totalsIn(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites, // A file that does not load has no tests to count.
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // The runner died while it wrote.
  }
}
