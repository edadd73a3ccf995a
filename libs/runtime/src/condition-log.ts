import type { Clock } from './clock.js';
import type { Log } from './log.js';

/** Says a condition when it starts and when it ends, and nothing in between, however often it is met. */
export class ConditionLog {
  private readonly since = new Map<string, number>();

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** `message` is a sentence: `Redis at … is unreachable: …`. Logged only when the condition is new. */
  holds(condition: string, message: string): void {
    if (this.since.has(condition)) return;
    this.since.set(condition, this.clock.monotonicMs());
    this.log.warn({ condition }, message);
  }

  /** `message` is a sentence: `Redis at … is back`. Logged only when the condition held. */
  ended(condition: string, message: string): void {
    const since = this.since.get(condition);
    if (since === undefined) return;
    this.since.delete(condition);
    this.log.info({ condition, lastedMs: Math.round(this.clock.monotonicMs() - since) }, message);
  }
}
