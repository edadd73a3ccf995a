import type { AnyMachine, Row } from './machine.js';
import { MACHINES } from './machines.js';

const HEAD = `# Transitions

<!-- Made from the tables in libs/decision/src/*-machine.ts: npm run docs -->

Four machines decide. What happens is first given a name, the input; a row says where it leads from the phase a machine is in.
Every phase has exactly one answer to every input: a row, or a reason why nothing follows. A row's name stands in the audit
as its \`rule\`; a \`*\` in it is the verdict or the kind of run, and a row that is only \`*\` is named by a row of the returning
site. An entry that closes a run or an approval names the group's row, and the other's new phase in its evidence.
`;

/** docs/transitions.md. Pure. */
export const transitionsPage = (): string => [HEAD, ...MACHINES.map(sectionOf)].join('\n');

const sectionOf = (machine: AnyMachine): string => {
  const { name, phases, inputs, settled, rows, ignored } = machine;
  const from = (row: Row) => namesOf(row.from, phases);
  return `## ${capital(name)}

\`\`\`mermaid
stateDiagram-v2
${diagramOf(machine).join('\n')}
\`\`\`

${tableOf(
  ['phase', 'means'],
  Object.entries(phases).map(([phase, words]) => [
    `${code(phase)}${settled.includes(phase) ? ' (settled)' : ''}`,
    words,
  ]),
)}

${tableOf(
  ['input', 'means'],
  Object.entries(inputs).map(([input, words]) => [code(input), words]),
)}

${tableOf(
  ['row', 'in', 'on', 'leads to'],
  rows.map((row) => [code(row.id), from(row), codes(row.on), row.to === 'same' ? 'the same' : code(row.to)]),
)}

${tableOf(
  ['nothing follows in', 'from', 'because'],
  ignored.map(({ in: where, on, because }) => [namesOf(where, phases), namesOf(on, inputs), because]),
)}
`;
};

/** One arrow for each way from one phase to another, with the rows that take it; what stays is in the table only. */
function diagramOf({ initial, settled, rows }: AnyMachine): string[] {
  const ways = new Map<string, string[]>();
  for (const { id, from, to } of rows) {
    for (const phase of from) {
      if (to === 'same' || to === phase) continue;
      const way = `${nodeOf(phase)} --> ${nodeOf(to)}`;
      ways.set(way, [...(ways.get(way) ?? []), id]);
    }
  }
  return [
    `  [*] --> ${nodeOf(initial)}`,
    ...[...ways].map(([way, ids]) => `  ${way}: ${ids.join(', ')}`),
    ...settled
      .filter((phase) => !rows.some(({ from }) => from.includes(phase)))
      .map((phase) => `  ${nodeOf(phase)} --> [*]`),
  ];
}

/** Mermaid takes no hyphens in the names of states. */
const nodeOf = (phase: string): string => phase.replaceAll('-', '_');
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const code = (name: string): string => `\`${name}\``;
const codes = (names: readonly string[]): string => names.map(code).join(', ');

/** Shorter the other way round, where they are most of all. */
function namesOf(names: readonly string[], all: Readonly<Record<string, string>>): string {
  const others = Object.keys(all).filter((each) => !names.includes(each));
  if (others.length === 0) return 'all';
  return others.length < names.length / 2 ? `all but ${codes(others)}` : codes(names);
}

/** As the formatter of the repository leaves it: columns as wide as their widest cell. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
