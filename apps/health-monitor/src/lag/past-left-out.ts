import { firstToCopy, type MirroredLog, type SweptOffsets } from '#libs/kafka';

interface Standing {
  readonly stored: number;
  readonly end: number;
  /** Behind what the mirror leaves out. */
  readonly reached: number;
}

/**
 * Positions of a mirror, moved past what it leaves out: Connect stores none for these, so a partition that ends with them
 * would look behind for ever. Only one that stands still before its end is read, and once for each end.
 */
export class PastLeftOut {
  private readonly standing = new Map<string, Standing>();

  constructor(private readonly log: MirroredLog) {}

  async of(stored: SweptOffsets, ends: SweptOffsets): Promise<SweptOffsets> {
    const moved = new Map<string, Float64Array>();
    for (const [topic, positions] of stored) {
      const reached = [...positions].map((position, partition) =>
        this.reached(topic, partition, position, ends.get(topic)?.[partition]),
      );
      moved.set(topic, Float64Array.from(await Promise.all(reached)));
    }
    return moved;
  }

  private async reached(topic: string, partition: number, stored: number, end = Number.NaN): Promise<number> {
    const name = `${topic}-${partition}`;
    if (!(stored < end)) return stored;
    const before = this.standing.get(name);
    if (before?.stored !== stored) {
      this.standing.set(name, { stored, end: Number.NaN, reached: stored });
      return stored;
    }
    if (before.end === end) return before.reached;
    try {
      const reached = await firstToCopy(this.log, topic, partition, before.reached, end);
      this.standing.set(name, { stored, end, reached });
      return reached;
    } catch {
      // A source that cannot be asked: its sample grows old anyway.
      return before.reached;
    }
  }
}
