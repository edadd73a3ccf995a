import type { TopicLog } from '../topic-log.js';

/** A copy that a salvage made says by this header where it came from: its own site has it, and a mirror leaves it out. */
export const SALVAGED_FROM = 'signalbox.origin-site';

const PAGE = { waitMs: 0, maxBytes: 262_144 };
/** Of one look: a longer row of markers, or of copies, is gone on with at the next one. */
const READS_MAX = 200;

/**
 * The first offset from `from` on that a mirror would copy, at most `end`: transaction markers, what compaction left out,
 * and copies that a salvage made are nothing that is left to copy. Connect stores no position for them.
 * @throws as `TopicLog.read`
 */
export async function firstToCopy(
  log: TopicLog,
  topic: string,
  partition: number,
  from: number,
  end: number,
): Promise<number> {
  let at = from;
  for (let reads = 0; at < end && reads < READS_MAX; reads++) {
    const records = await log.read(topic, partition, BigInt(at), PAGE);
    const own = records.find(({ headers }) => !(headers && SALVAGED_FROM in headers));
    if (own) return Math.min(Number(own.offset), end);
    at = Number(records.at(-1)?.offset ?? at) + 1;
  }
  return Math.min(at, end);
}
