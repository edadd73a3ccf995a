import type { WholeLog } from '../copying/whole-log.js';
import type { Isolation } from '../sweep/offset-sweep.js';

/** A copy that a salvage made says by this header where it came from: its own site has it, and a mirror leaves it out. */
export const SALVAGED_FROM = 'signalbox.origin-site';

const PAGE_MAX_BYTES = 262_144;
/** Of one look: a longer row of markers, or of copies, is gone on with at the next one. */
const READS_MAX = 200;

/** A log as a mirror reads it. */
export interface MirroredLog {
  readonly whole: WholeLog;
  readonly isolation: Isolation;
}

/**
 * The first offset from `from` on that a mirror would copy, at most `end`: transaction markers, what compaction left out,
 * copies that a salvage made and, where only committed records are read, transactions that were taken back are nothing
 * that is left to copy. Connect stores no position for them. One that is still open may yet be committed, and is left.
 * @throws as `WholeLog.read`
 */
export async function firstToCopy(
  { whole, isolation }: MirroredLog,
  topic: string,
  partition: number,
  from: number,
  end: number,
): Promise<number> {
  let at = from;
  for (let reads = 0; at < end && reads < READS_MAX; reads++) {
    const { records, next } = await whole.read(topic, partition, at, { isolation, maxBytes: PAGE_MAX_BYTES });
    const own = records.find(({ headers }) => !headers.some(([name]) => String(name) === SALVAGED_FROM));
    if (own) return Math.min(own.offset, end);
    if (next <= at) break;
    at = next;
  }
  return Math.min(at, end);
}
