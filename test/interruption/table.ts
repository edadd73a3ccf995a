import { OUTCOMES } from './cuts.js';
import type { Sweep } from './sweep.js';

/** How many plays there were, by plan and outcome. */
export function tableOf(sweeps: readonly Sweep[]): string {
  const rows = sweeps.map(({ scenario, uncut, played, failures }) => {
    const each = OUTCOMES.map((outcome) => played[outcome]);
    const all = each.reduce((sum, count) => sum + count, 0);
    return [scenario.name, uncut.points.length, ...each, all, failures.length].map(String);
  });
  const head = ['plan', 'prefixes', ...OUTCOMES, 'plays', 'not as uncut'];
  const sums = head.map((_, column) =>
    column === 0 ? 'all' : String(rows.reduce((sum, row) => sum + Number(row[column]), 0)),
  );
  const lines = [head, ...rows, sums];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return lines.map(line).join('\n');
}
