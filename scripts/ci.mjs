/**
 * What CI runs: `npm test`, then the suites that are too heavy for it. Ends with one line of totals, summed from what
 * the test runner itself wrote, and fails when anything did, or when no test ran.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Suites beyond `npm test`, as arguments of npm. They write a Jest report each into SIGNALBOX_TEST_RESULTS. */
const HEAVY_SUITES = /** @type {string[][]} */ ([]);

const results = mkdtempSync(join(tmpdir(), 'signalbox-ci-'));
const env = { ...process.env, CI: 'true', SIGNALBOX_TEST_RESULTS: results };
const failures = [['test'], ...HEAVY_SUITES].filter((args) => {
  const { status, signal, error } = spawnSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (status !== 0) console.log(`npm ${args.join(' ')} failed: ${error?.message ?? signal ?? `exit code ${status}`}`);
  return status !== 0;
});

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(results)) {
  const { passed, failed, skipped } = totalsIn(join(results, file));
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
}
rmSync(results, { recursive: true, force: true });
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = failures.length > 0 || totals.failed > 0 || totals.passed === 0 ? 1 : 0;

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
