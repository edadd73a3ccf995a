import { decodeOrThrow } from '#libs/contracts';
import { keys, type Entry, type Journal } from '#libs/journal';
import type { Clock } from '#libs/runtime';
import { z } from 'zod';

/** Long after whoever wrote it can still be about to bind it. */
const LOOSE_FOR_MS = 3_600_000;
const BATCH = 100;

const MarkWire = z.object({
  prefix: z.string().startsWith('/signalbox/audit-evidence/').endsWith('/'),
  at: z.number(),
});

/** Takes evidence out of the journal that no entry was written for. @throws SignalboxError */
export async function sweepLooseEvidence(journal: Journal, clock: Clock): Promise<void> {
  const { entries } = await journal.read(keys.looseEvidence());
  for (const mark of entries) {
    const { prefix, at } = decodeOrThrow(MarkWire, mark.value, mark.key);
    if (clock.now() - at >= LOOSE_FOR_MS) await sweep(journal, mark, prefix);
  }
}

/** While the mark is unchanged nobody has bound it; an entry that comes all the same misses the mark, and is not written. */
async function sweep(journal: Journal, mark: Entry, prefix: string): Promise<void> {
  const { entries } = await journal.read(prefix);
  // The mark goes first: nothing can be bound once a chunk is gone. Chunks that were put anew since stay.
  if (!(await remove(journal, [mark]))) return;
  for (let start = 0; start < entries.length; start += BATCH) {
    await remove(journal, entries.slice(start, start + BATCH));
  }
}

async function remove(journal: Journal, entries: readonly Entry[]): Promise<boolean> {
  const conditions = entries.map(({ key, revision }) => ({ kind: 'unchanged', key, revision }) as const);
  const changes = entries.map(({ key }) => ({ kind: 'delete', key }) as const);
  return (await journal.commit({ conditions, changes })).committed;
}
