import type { FlowId, FlowLag } from '#libs/domain';

/** Next offsets by `topic/partition`. */
export type Offsets = ReadonlyMap<string, bigint>;

export const partitionKey = (topic: string, partition: number): string => `${topic}/${partition}`;

interface End {
  /** When this end was seen first. Monotonic ms. */
  readonly atMs: number;
  readonly offset: bigint;
}

const ENDS_MAX = 1_024;

/**
 * How far a flow had come, as two clocks that never meet cannot tell each other: when each end offset of the source was
 * first seen, and which of them has been replicated since. `lagMs` is the age of the oldest one that has not. While the
 * source is failing the ends stand still, and what arrives of the rest still counts.
 */
export class FlowHistory {
  private readonly ends = new Map<string, readonly End[]>();
  private positions: Offsets = new Map();
  private endsAtMs?: number;
  private positionsAtMs?: number;

  constructor(private readonly flow: FlowId) {}

  /** Ends of all partitions of the source, as asked for at `atMs`. */
  sawEnds(atMs: number, offsets: Offsets): void {
    for (const [key, offset] of offsets) {
      const seen = (this.ends.get(key) ?? []).filter((end) => end.offset > this.replicated(key));
      const isNew = seen.at(-1)?.offset !== offset && offset > this.replicated(key);
      this.ends.set(key, isNew ? thinned([...seen, { atMs, offset }]) : seen);
    }
    this.endsAtMs = atMs;
  }

  /** What has been replicated, as asked for at `atMs`: the next source offset of each partition. */
  sawPositions(atMs: number, positions: Offsets): void {
    this.positions = positions;
    this.positionsAtMs = atMs;
  }

  /** `undefined` until both sides were seen. Ages are counted back from `nowMs`. */
  lag(nowMs: number): FlowLag | undefined {
    if (this.endsAtMs === undefined || this.positionsAtMs === undefined) return undefined;
    const missing = [...this.ends].map(([key, ends]) => ends.filter(({ offset }) => offset > this.replicated(key)));
    const oldestAtMs = Math.min(this.endsAtMs, ...missing.flatMap((ends) => ends[0]?.atMs ?? []));
    const records = [...this.ends.keys()].map((key, index) => this.recordsMissing(key, missing[index]?.at(-1)));
    return {
      flow: this.flow,
      lagRecords: records.reduce((sum, count) => sum + count, 0),
      lagMs: Math.round(this.endsAtMs - oldestAtMs),
      sampleAgeMs: Math.max(0, Math.round(nowMs - Math.min(this.endsAtMs, this.positionsAtMs))),
    };
  }

  private recordsMissing(key: string, latest: End | undefined): number {
    return latest ? Number(latest.offset - this.replicated(key)) : 0;
  }

  private replicated(key: string): bigint {
    return this.positions.get(key) ?? 0n;
  }
}

/** Half as fine, when a flow has stood still for long; the oldest end stays. */
const thinned = (ends: readonly End[]): readonly End[] =>
  ends.length > ENDS_MAX ? ends.filter((_, index) => index % 2 === 0 || index === ends.length - 1) : ends;
