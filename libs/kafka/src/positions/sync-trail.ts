import type { OffsetSync } from '../mirrormaker/offset-sync.js';

/** More than a mirror reads at once, and so more than it writes in one transaction: a marker would have shown. */
const EVEN_RECORDS_MIN = 1_000;

interface Seen {
  upstream: number;
  downstream: number;
  /** Records of the source over which the two logs were seen to grow alike. */
  evenRecords: number;
  /** Whether the target's log ever grew by more than the source's: transaction markers, or records copied twice. */
  hasExtras: boolean;
}

/** What offset syncs tell of one partition. */
export interface SyncPoint {
  /** One past the last record that certainly was copied. */
  readonly copiedAtLeast: number;
  readonly downstream: number;
  /**
   * Whether each further record at the target stands for at least one more of the source: seen before, and never
   * contradicted. Only then the target's end may be counted by.
   */
  readonly isCountable: boolean;
  readonly hasExtras: boolean;
}

/** The latest offset sync of every partition, and whether the two logs were seen to grow alike. */
export class SyncTrail {
  private readonly topics = new Map<string, Seen[]>();
  private count = 0;

  /** How many syncs were taken in: more than before means that the mirror moves. */
  get taken(): number {
    return this.count;
  }

  /** In the order of the log. The latest one counts, also when it is lower: a task that starts again copies again. */
  add({ topic, partition, upstream, downstream }: OffsetSync): void {
    this.count += 1;
    const seen = this.topics.get(topic) ?? [];
    this.topics.set(topic, seen);
    const before = seen[partition];
    // A target that was created anew: what was seen of the old one says nothing.
    if (!before || downstream < before.downstream) {
      seen[partition] = { upstream, downstream, evenRecords: 0, hasExtras: false };
      return;
    }
    const [forth, written] = [upstream - before.upstream, downstream - before.downstream];
    // Between a record and its second copy nothing is learned about how the logs grow.
    if (forth > 0 && written > forth) before.hasExtras = true;
    if (forth > 0 && written <= forth) before.evenRecords += forth;
    before.upstream = upstream;
    before.downstream = downstream;
  }

  at(topic: string, partition: number): SyncPoint | undefined {
    const seen = this.topics.get(topic)?.[partition];
    if (!seen) return undefined;
    return {
      copiedAtLeast: seen.upstream + 1,
      downstream: seen.downstream,
      isCountable: seen.evenRecords >= EVEN_RECORDS_MIN && !seen.hasExtras,
      hasExtras: seen.hasExtras,
    };
  }

  /** A topic that was deleted, or the whole trail when it cannot be followed from where it was left. */
  forget(topic?: string): void {
    if (topic === undefined) this.topics.clear();
    else this.topics.delete(topic);
  }
}
