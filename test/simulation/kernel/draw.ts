import { SeededRandom } from '../../interruption/seeded.js';

/** Seeded draws of one kind of thing; each kind has its own, so that one more draw of one changes no other. */
export class Draw extends SeededRandom {
  constructor(
    seed: number,
    private readonly stream: string,
  ) {
    super(mixed(seed, stream));
  }

  /** Ids that people can read in a transcript. */
  override id(): string {
    return `${this.stream}${super.id()}`.padStart(6, '0');
  }

  isSo(probability: number): boolean {
    return this.fraction() < probability;
  }

  between(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  /** Most are short, some are long: every order of magnitude is as likely as any other. */
  lasting(lowMs: number, highMs: number): number {
    return Math.round(Math.exp(this.between(Math.log(lowMs), Math.log(highMs))));
  }

  /** So many of them, each at most once. */
  some<T>(choices: readonly T[], count: number): T[] {
    const left = [...choices];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      const [taken] = left.splice(Math.floor(this.fraction() * left.length), 1);
      return taken as T;
    });
  }
}

function mixed(seed: number, stream: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (const char of stream) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return Math.imul(hash ^ (seed * 0x9e3779b1), 0x85ebca6b) >>> 0;
}
