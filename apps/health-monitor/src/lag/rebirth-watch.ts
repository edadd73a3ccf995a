import { rebirthInWords, signsOfRebirth, type SweptOffsets } from '#libs/kafka';

/** One look may be of a broker that is just starting: so many in a row must say the same. */
const LOOKS = 3;
/** Whoever decides about it has written it down by then; from here on the log that is there is the one that is known. */
const TOLD_FOR_MS = 600_000;

/**
 * Remembers where the log of a flow's source ended, and tells when it is not that log any more: a log's end never falls.
 * One topic of many that somebody created anew is their own affair; half of the partitions that held anything are not.
 */
export class RebirthWatch {
  private readonly known = new Map<string, Float64Array>();
  private inARow = 0;
  private toldSinceMs: number | undefined;
  private words: string | undefined;

  /** In words: `orders-3 ends at 0 and ended at 1200`; undefined while it is the log that is known. */
  get claim(): string | undefined {
    return this.words;
  }

  look(ends: SweptOffsets, nowMs: number): void {
    const signs = signsOfRebirth({ ends: this.known }, { ends });
    const [first] = signs;
    if (!first || signs.length * 2 < this.held(ends)) {
      this.learn(ends, 'where it grew');
      return;
    }
    this.inARow += 1;
    if (this.inARow < LOOKS) return;
    this.words ??= rebirthInWords(first);
    this.toldSinceMs ??= nowMs;
    if (nowMs - this.toldSinceMs >= TOLD_FOR_MS) this.learn(ends, 'as it is');
  }

  /** Partitions of the topics that were told of now, and that held anything. */
  private held(ends: SweptOffsets): number {
    const told = [...this.known].filter(([topic]) => ends.has(topic));
    return told.reduce((sum, [, known]) => sum + known.filter((end) => end > 0).length, 0);
  }

  private learn(ends: SweptOffsets, how: 'where it grew' | 'as it is'): void {
    for (const [topic, seen] of ends) {
      const before = this.known.get(topic);
      const size = how === 'as it is' ? seen.length : Math.max(seen.length, before?.length ?? 0);
      const next = Float64Array.from({ length: size }, (_, partition) => {
        const [was, is] = [before?.[partition] ?? 0, seen[partition] ?? Number.NaN];
        if (Number.isNaN(is)) return was;
        return how === 'as it is' ? is : Math.max(was, is);
      });
      this.known.set(topic, next);
    }
    this.inARow = 0;
    this.toldSinceMs = undefined;
    this.words = undefined;
  }
}
