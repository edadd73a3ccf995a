import { SignalboxError } from '#libs/domain';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { NameServer } from './name-server.js';

const EVERY_MS = 5_000;

/** A zone, and the server that takes our updates of it. */
export interface Primary {
  readonly zone: string;
  readonly server: NameServer;
}

/** Asks every primary under our key, so that a wrong key shows on /readyz long before a run depends on it. */
export class PrimaryWatch {
  private stops: readonly Stop[] = [];

  constructor(
    private readonly primaries: readonly Primary[],
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly timeoutMs: number,
  ) {}

  start(): void {
    this.stops = this.primaries.map((primary) => this.clock.every(EVERY_MS, () => this.check(primary)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private async check({ zone, server }: Primary): Promise<void> {
    const component = `primary of ${zone}`;
    try {
      await server.query([{ name: zone, type: 'SOA' }], AbortSignal.timeout(this.timeoutMs));
      this.readiness.ready(component);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing(component, error.message, error.retryable ? 'degraded' : 'blocked');
    }
  }
}
