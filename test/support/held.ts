/** Where a walk ends: what is not this process's own memory, or belongs to the test. */
export type IsForeign = (value: object) => boolean;

/**
 * How many entries of maps, sets, lists and plain records are held, directly or not, by `root`. Whatever a process keeps
 * for ever shows as a number that grows. Fields behind `#` cannot be seen from outside.
 */
export function entriesHeld(root: object, isForeign: IsForeign): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [root];
  let entries = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || seen.has(next) || isForeign(next)) continue;
    seen.add(next);
    const parts = partsOf(next);
    entries += parts.length;
    for (const part of parts) waiting.push(part);
  }
  return entries;
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return [];
  return Object.values(value);
}
