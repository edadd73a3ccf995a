import { SignalboxError } from '#libs/domain';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { Route53NameProvider } from './route53.name-provider.js';

/** Each look is one of the account's requests. */
const EVERY_MS = 60_000;
const TIMEOUT_MS = 15_000;

/** Asks for every hosted zone, so that wrong credentials show on /readyz long before a run depends on them. */
export class ZoneWatch {
  private stops: readonly Stop[] = [];

  constructor(
    private readonly zones: readonly Route53NameProvider[],
    private readonly clock: Clock,
    private readonly readiness: Readiness,
  ) {}

  start(): void {
    this.stops = this.zones.map((zone) => this.clock.every(EVERY_MS, () => this.check(zone)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private async check(zone: Route53NameProvider): Promise<void> {
    const component = `Route 53 zone ${zone.id}`;
    try {
      await zone.delegation(AbortSignal.timeout(TIMEOUT_MS));
      this.readiness.ready(component);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing(component, error.message, error.retryable ? 'degraded' : 'blocked');
    }
  }
}
