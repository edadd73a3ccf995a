import type { Instant } from '#libs/domain';

/** Two spaces or more between columns, and none of one width only: `awk -F '  +'` splits what is printed. */
const GAP = '  ';

/** Columns as wide as their widest cell; the last one is not padded. Nothing to say is a `-`, so that no column is lost. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map(rowPrinter(head, rows)).join('\n');

/** Prints rows one at a time under the same head; `sample` says how wide they will be. */
export const rowPrinter = (head: readonly string[], sample: readonly (readonly string[])[]) => {
  const widths = head.map((_, column) => Math.max(...[head, ...sample].map((line) => cell(line[column]).length)));
  return (row: readonly string[]): string =>
    row
      .map((text, column) => (column === row.length - 1 ? cell(text) : cell(text).padEnd(widths[column] ?? 0)))
      .join(GAP);
};

const cell = (text = ''): string => (text === '' ? '-' : text);

/** `850 ms`, `3.1 s`, `4 min 10 s`, `2 h 5 min`. */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return pair(Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'min');
};

const pair = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** UTC to the millisecond: what logs and audit entries are compared with. */
export const moment = (at: Instant): string => new Date(at).toISOString();

/** As the orchestrator prints it: quoted, so that only the words have to be typed. Refused when nobody typed them. */
export const WHY = "--reason '<why>'";

/** Command lines to go on with, each once, with what it is for. */
export const next = (commands: readonly (readonly [command: string, why: string])[]): string => {
  if (commands.length === 0) return '';
  const once = commands.filter(([command], index) => commands.findIndex(([each]) => each === command) === index);
  const width = Math.max(...once.map(([command]) => command.length));
  return ['Next:', ...once.map(([command, why]) => `  signalbox ${command.padEnd(width)}  ${why}`)].join('\n');
};

/** What the orchestrator says to do now: commands and plain words, likeliest first. */
export const nextSteps = (lines: readonly string[]): string =>
  lines.length === 0 ? '' : ['Next:', ...lines.map((line) => `  ${line}`)].join('\n');

/** At most `length` characters, with a sign where something is missing. */
export const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** Blank lines between the blocks that have something to say. */
export const blocks = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n');
