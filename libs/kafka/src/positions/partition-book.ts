import { copiedOf, type Copied, type CopyEvidence } from './copied.js';
import { PeakRate } from './peak-rate.js';

interface End {
  /** When this end was seen first. Monotonic ms. */
  readonly atMs: number;
  readonly offset: number;
}

/** What the mirror's side told of a partition, and when it was asked and had answered. */
export interface MirrorWord extends Pick<CopyEvidence, 'stored' | 'sync' | 'targetEnd' | 'isTransactional'> {
  readonly endedAtMs: number;
}

const ENDS_MAX = 256;

/** One partition of a flow: which ends of the source were seen when, and what of it was copied. */
export class PartitionBook {
  private ends: readonly End[] = [];
  private readonly peak = new PeakRate();
  private latest?: End;
  /** As the source itself told it. */
  private told?: number;
  private start = 0;
  private was: Copied = { copiedAtLeast: 0, copied: 0 };
  private isBeyond = false;

  /** `emptyAtMs`: when it was not there yet, so that all it has came since. */
  constructor(
    private readonly sinceMs: number,
    emptyAtMs?: number,
  ) {
    if (emptyAtMs === undefined) return;
    this.told = 0;
    this.peak.saw(emptyAtMs, 0);
  }

  /** How many records it has grown by since the source told its end before; none when it never had and may be old. */
  sawEnd(atMs: number, offset: number): number {
    const grown = Math.max(0, offset - (this.told ?? offset));
    this.told = offset;
    this.latest = { atMs, offset };
    this.peak.saw(atMs, offset);
    if (offset > this.was.copied && this.ends.at(-1)?.offset !== offset)
      this.ends = thinned([...this.ends, { atMs, offset }]);
    return grown;
  }

  /** Where the source's log begins by now. What it has deleted is nobody's to copy any more. */
  sawStart(offset: number): void {
    this.start = offset;
  }

  /** True when more was copied than was known of before. */
  sawMirror(word: MirrorWord): boolean {
    if (!this.latest) return false;
    const told = Math.max(word.stored ?? 0, word.sync?.copiedAtLeast ?? 0);
    this.isBeyond = told > this.latest.offset && this.latest.atMs > word.endedAtMs;
    // Told before the source was asked, and more than it has: not of this log. Told after it: the source had gone on.
    if (!this.isBeyond && told > this.latest.offset) this.latest = { ...this.latest, offset: told };
    const now = this.isBeyond ? NOTHING : copiedOf({ ...word, sourceEnd: this.latest.offset });
    const hasMoved = now.copied > this.was.copied;
    this.was = now;
    if (this.ends.length > 0) this.ends = this.ends.filter(({ offset }) => offset > now.copied);
    return hasMoved;
  }

  get sourceEnd(): number {
    return this.latest?.offset ?? 0;
  }

  /** When the source told its end, or since when it has not. */
  get toldAtMs(): number {
    return this.latest?.atMs ?? this.sinceMs;
  }

  get copied(): Copied {
    const floor = Math.min(this.start, this.sourceEnd);
    return {
      copiedAtLeast: Math.max(this.was.copiedAtLeast, floor),
      copied: Math.max(this.was.copied, floor),
    };
  }

  get lagMs(): number {
    const [oldest] = this.ends;
    return oldest && this.latest && this.sourceEnd > this.copied.copied ? this.latest.atMs - oldest.atMs : 0;
  }

  get peakPerSecond(): number {
    return this.peak.perSecond;
  }

  /** More was copied than the source has: it is another log. */
  get endsTooEarly(): boolean {
    return this.isBeyond;
  }

  /** The source deleted records that were never copied. */
  get startsTooLate(): boolean {
    return this.was.copiedAtLeast > 0 && this.was.copied < this.start;
  }
}

const NOTHING: Copied = { copiedAtLeast: 0, copied: 0 };

/** Half as fine, when a partition has stood still for long; the oldest end stays. */
const thinned = (ends: readonly End[]): readonly End[] =>
  ends.length > ENDS_MAX ? ends.filter((_, index) => index % 2 === 0 || index === ends.length - 1) : ends;
