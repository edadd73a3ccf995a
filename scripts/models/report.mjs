import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from './variants.mjs';

/**
 * @typedef {import('./variants.mjs').Variant} Variant
 * @typedef {import('./spin.mjs').Verdict} Verdict
 * @typedef {{ variant: Variant, verdict: Verdict, problems: readonly string[] }} Finding `problems`: empty when all is as expected
 */

/** What is wrong with a verdict: not the expected one, or one that was reached without anything happening. @param {Variant} variant @param {Verdict} verdict @returns {readonly string[]} */
export function problemsOf({ expected, neverHappens = [] }, { result, problem, unreached }) {
  if (result !== expected) return [`${expected} was expected${problem ? `: ${problem}` : ''}`];
  if (expected === 'refuted') return [];
  return unreached
    .filter((event) => !neverHappens.some((text) => event.includes(text)))
    .map((event) => `nothing is proven about what never happens: ${event}`);
}

/** @param {readonly Finding[]} findings */
export function tableOf(findings) {
  const rows = findings.map(({ variant, verdict, problems }) => [
    variant.model,
    variant.name,
    variant.expected,
    verdict.result,
    verdict.states.toLocaleString('en'),
    verdict.seconds.toFixed(1),
    problems.length === 0 ? 'ok' : 'FAILED',
  ]);
  const head = ['model', 'variant', 'expected', 'result', 'states', 'seconds', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (/** @type {number} */ column) => column === 4 || column === 5;
  const line = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}

/** What happened on the way, and what is wrong with that. @param {Finding} finding */
export const trailOf = ({ variant, verdict, problems }) =>
  [
    `${nameOf(variant)}: ${verdict.problem ?? verdict.result}`,
    ...verdict.trail.map((event) => `  ${event}`),
    ...problems,
  ].join('\n');

/** @param {readonly Finding[]} findings */
export const asJson = (findings) => ({
  ...counts(findings),
  models: findings.map(({ variant, verdict, problems }) => ({
    model: variant.model,
    variant: variant.name,
    expected: variant.expected,
    result: verdict.result,
    states: verdict.states,
    seconds: Number(verdict.seconds.toFixed(2)),
    problems,
  })),
});

/** One test per variant, in the form in which CI counts. @param {readonly Finding[]} findings @param {string} folder */
export function writeTestReport(findings, folder) {
  const { passed, failed } = counts(findings);
  const none = { numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };
  writeFileSync(
    join(folder, 'models.json'),
    JSON.stringify({ numPassedTests: passed, numFailedTests: failed, ...none }),
  );
}

/** @param {readonly Finding[]} findings */
function counts(findings) {
  const failed = findings.filter(({ problems }) => problems.length > 0).length;
  return { passed: findings.length - failed, failed };
}
