import type { GroupId } from '#libs/domain';
import type { Revision } from '#libs/journal';
import { z } from 'zod';

const count = z.int().nonnegative();

/** What was not delivered and will not be: told in one summary as soon as the channel takes something again. */
const SkippedWire = z.object({
  firstSequence: z.int().positive(),
  lastSequence: z.int().positive(),
  firstAt: z.int(),
  lastAt: z.int(),
  bySeverity: z.object({ info: count, warning: count, critical: count }),
  /** Why, of the last one. */
  reason: z.string(),
});
export type Skipped = Readonly<z.infer<typeof SkippedWire>>;

/** How far one channel has been told of one group's chain. */
export const CursorWire = z.object({
  /** Everything up to here was delivered, is less severe than the channel wants, or is counted in `skipped`. */
  sequence: count,
  skipped: SkippedWire.optional(),
});
export type Cursor = Readonly<z.infer<typeof CursorWire>>;

/** A cursor as the journal has it. */
export interface HeldCursor extends Cursor {
  readonly revision: Revision;
}

/** One channel's deliveries of one group. */
export interface LaneName {
  readonly channel: string;
  readonly group: GroupId;
}
