import type { Backlog, Positions, StrandedRange } from '#libs/domain';
import type { Extent } from './source-log.js';
import { partitionKey } from './topic-partition.js';

/**
 * What is left to copy: from the position, or the beginning where there is none, up to the end. What the source has
 * deleted since is nobody's to copy any more.
 */
export function backlogOf(extents: readonly Extent[], positions: Positions): Backlog {
  return backlogIn(
    extents.map(({ topic, partition, start, end }) => ({
      topic,
      partition,
      from: Math.max(start, positions[partitionKey({ topic, partition })] ?? start),
      to: end,
    })),
  );
}

/** Empty ranges count for nothing. */
export function backlogIn(ranges: readonly StrandedRange[]): Backlog {
  const left = ranges.filter(({ from, to }) => from < to);
  return { records: left.reduce((sum, { from, to }) => sum + to - from, 0), ranges: left };
}

/**
 * Positions beyond the end of the source: it is not the log that was copied, but one that was created anew or lost its
 * end. Nothing is left to copy there, and that is no good news.
 */
export const beyondTheEnd = (extents: readonly Extent[], positions: Positions): Positions =>
  Object.fromEntries(
    extents.flatMap((extent) => {
      const key = partitionKey(extent);
      const position = positions[key] ?? 0;
      return position > extent.end ? [[key, position] as const] : [];
    }),
  );
