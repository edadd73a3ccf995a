import type { Clock, Random } from '#libs/runtime';

const SECOND_MS = 1_000;
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 8_000;

/**
 * What this process may ask of one account. Route 53 takes five requests a second from all of an account's clients
 * together; one that asks for more delays everybody's failover.
 */
export class RequestBudget {
  private tokens: number;
  private atMs: number;
  private pausedUntilMs = 0;
  private refusals = 0;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.tokens = perSecond;
    this.atMs = clock.monotonicMs();
  }

  /** In the order in which it was asked for. False when `signal` aborted first: the request must not be sent. */
  take(signal: AbortSignal): Promise<boolean> {
    const turn = this.queue.then(async () => this.wait(signal));
    this.queue = turn;
    return turn;
  }

  /** The account's other clients are there too: all of ours wait, longer each time. */
  throttled(): void {
    const backOffMs = Math.min(BACK_OFF_MS * 2 ** this.refusals, BACK_OFF_MAX_MS);
    this.refusals += 1;
    this.pausedUntilMs = this.clock.monotonicMs() + backOffMs * (0.5 + this.random.fraction() / 2);
  }

  answered(): void {
    this.refusals = 0;
  }

  private async wait(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      if (signal.aborted) return false;
      const nowMs = this.clock.monotonicMs();
      this.tokens = Math.min(this.perSecond, this.tokens + ((nowMs - this.atMs) / SECOND_MS) * this.perSecond);
      this.atMs = nowMs;
      const missingMs = Math.max(this.pausedUntilMs - nowMs, ((1 - this.tokens) / this.perSecond) * SECOND_MS);
      if (missingMs <= 0) {
        this.tokens -= 1;
        return true;
      }
      await this.clock.sleep(Math.ceil(missingMs), signal);
    }
  }
}
