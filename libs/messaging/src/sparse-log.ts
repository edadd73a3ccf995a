import type { Clock, Log } from '#libs/runtime';

const QUIET_MS = 60_000;

/** At most one warning a minute, with the number of those left out: whoever can write to a topic cannot fill a disk. */
export class SparseLog {
  private lastSaidMs?: number;
  private leftOut = 0;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  warn(message: string): void {
    const nowMs = this.clock.monotonicMs();
    if (this.lastSaidMs !== undefined && nowMs - this.lastSaidMs < QUIET_MS) {
      this.leftOut++;
      return;
    }
    this.log.warn({ leftOut: this.leftOut }, message);
    this.lastSaidMs = nowMs;
    this.leftOut = 0;
  }
}
