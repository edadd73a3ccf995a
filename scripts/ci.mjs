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

let [passed, failed, skipped] = [0, 0, 0];
for (const file of readdirSync(results)) {
  const report = JSON.parse(readFileSync(join(results, file), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + report.numRuntimeErrorTestSuites; // A file that does not even load has no tests to count.
  skipped += report.numPendingTests + report.numTodoTests;
}
rmSync(results, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failures.length > 0 || failed > 0 || passed === 0 ? 1 : 0;
