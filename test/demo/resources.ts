/** What the lab's snapshot says of a part that did not answer. */
const UNREACHABLE = 'unreachable';

/**
 * Where two of the lab's snapshots differ, as `sites.b.acls.3: was …, is …`. A part that does not answer any more is no
 * difference: nobody can tell, until it is back.
 */
export const differences = (before: string, now: string): string[] =>
  differing('', JSON.parse(before) as unknown, JSON.parse(now) as unknown);

/** Whether every part answered. */
export const isWhole = (shown: string): boolean => !shown.includes(JSON.stringify(UNREACHABLE));

const differing = (path: string, before: unknown, now: unknown): string[] => {
  if (now === UNREACHABLE || before === now) return [];
  if (!isObject(before) || !isObject(now)) return [`${path}: was ${JSON.stringify(before)}, is ${JSON.stringify(now)}`];
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap((key) => differing(path === '' ? key : `${path}.${key}`, before[key], now[key]));
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
