import { Random } from '#libs/runtime';

/** The same numbers for the same seed (mulberry32). */
export class SeededRandom extends Random {
  private state: number;
  private drawn = 0;

  constructor(seed: number) {
    super();
    this.state = seed >>> 0;
  }

  override fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  override id(): string {
    return String(this.drawn++);
  }

  /** One of them. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.fraction() * choices.length)];
    if (choice === undefined) throw new Error('there is nothing to choose from');
    return choice;
  }
}
