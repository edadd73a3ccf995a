import type { ProcessId, SiteId } from '#libs/domain';
import { z } from 'zod';

/** What a process says of itself for as long as it may write: which versions of everything it knows. */
export interface Announcement {
  readonly process: ProcessId;
  readonly site: SiteId;
  /** The highest schema of records that it reads and writes. */
  readonly schema: number;
  /** The steps a worker performs, by kind of resource and the highest version: `write-access@1`. */
  readonly handlers: readonly string[];
}

export const AnnouncementWire = z.object({
  process: z.string().min(1),
  site: z.string().min(1),
  schema: z.int().positive(),
  handlers: z.array(z.string()),
}) as unknown as z.ZodType<Announcement>;
