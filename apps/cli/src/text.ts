import type { Instant } from '#libs/domain';

/** Columns as wide as their widest cell; the last one is not padded. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === line.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

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

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30s`, `15m`, `2h`, `1d`, or undefined when it is not a duration. */
export const parseDuration = (text: string): number | undefined => {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
};

/** Command lines to go on with, each with what it is for. */
export const next = (commands: readonly (readonly [command: string, why: string])[]): string => {
  if (commands.length === 0) return '';
  const width = Math.max(...commands.map(([command]) => command.length));
  return ['Next:', ...commands.map(([command, why]) => `  signalbox ${command.padEnd(width)}  ${why}`)].join('\n');
};

/** Blank lines between the blocks that have something to say. */
export const blocks = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n');
