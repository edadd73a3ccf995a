import { randomUUID } from 'node:crypto';

/** Port: randomness. The simulator's is seeded. */
export abstract class Random {
  /** Uniform in [0, 1). */
  abstract fraction(): number;
  /** Unique without coordination. */
  abstract id(): string;
}

export class SystemRandom extends Random {
  override fraction(): number {
    return Math.random();
  }

  override id(): string {
    return randomUUID();
  }
}
