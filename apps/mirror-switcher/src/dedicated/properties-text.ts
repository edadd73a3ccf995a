import { epoch as epochOf, NEVER_STAMPED, type Epoch } from '#libs/domain';
import type { DedicatedKeys } from '#libs/topology';

/** What a file says of one direction. */
export interface FlowProperties {
  readonly isEnabled: boolean;
  readonly epoch: Epoch;
  readonly isPending: boolean;
}

/** As Java reads it: of several lines with one key the last. `undefined` where an epoch is no number. */
export function readProperties(text: string, keys: DedicatedKeys): FlowProperties | undefined {
  const found = new Map<string, string>();
  for (const { key, value } of entriesIn(text)) if (key !== undefined) found.set(key, value);
  const stamped = found.get(keys.epoch) ?? String(NEVER_STAMPED);
  if (!/^\d{1,15}$/.test(stamped)) return undefined;
  return {
    isEnabled: found.get(keys.enabled)?.toLowerCase() === 'true',
    epoch: epochOf(Number(stamped)),
    isPending: found.get(keys.pending) === 'true',
  };
}

/** Everything else stays as it is. Ours come last, where they count whatever stands before. */
export function withProperties(text: string, keys: DedicatedKeys, next: FlowProperties): string {
  const ours = new Set<string | undefined>(Object.values(keys));
  const kept = entriesIn(text).flatMap(({ key, lines }) => (ours.has(key) ? [] : lines));
  if (kept.at(-1) === '') kept.pop();
  return [
    ...kept,
    `${keys.enabled} = ${next.isEnabled}`,
    `${keys.epoch} = ${next.epoch}`,
    ...(next.isPending ? [`${keys.pending} = true`] : []),
    '',
  ].join('\n');
}

interface Entry {
  /** None of a comment or an empty line. */
  readonly key?: string;
  readonly value: string;
  /** As they stand there. */
  readonly lines: readonly string[];
}

const COMMENT = /^[ \t\f]*([#!]|$)/;
const ENTRY = /^[ \t\f]*([^ \t\f=:]+)[ \t\f]*[=:]?[ \t\f]*(.*)$/;

/** A line that ends in an odd number of backslashes goes on in the next one; a comment never does. */
function entriesIn(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const own = [lines[at] ?? ''];
    if (!COMMENT.test(own[0]!)) while (goesOn(own.at(-1)!) && at + 1 < lines.length) own.push(lines[++at]!);
    entries.push({ ...entryOf(own), lines: own });
  }
  return entries;
}

const goesOn = (line: string): boolean => (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;

function entryOf([first = '', ...rest]: readonly string[]): Omit<Entry, 'lines'> {
  if (COMMENT.test(first)) return { value: '' };
  const whole = [first, ...rest.map((line) => line.trimStart())].map((line) =>
    goesOn(line) ? line.slice(0, -1) : line,
  );
  const [, key = '', value = ''] = ENTRY.exec(whole.join('')) ?? [];
  return { key, value: value.trimEnd() };
}
