import { SignalboxError } from '#libs/domain';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { LocalConfig } from './local-configs.js';

const LOOK_TIMEOUT_MS = 10_000;

/** Looks at every config of this site, so that one that a run could not change shows on /readyz before a run needs it. */
export class ConfigWatch {
  private stops: readonly Stop[] = [];

  constructor(
    private readonly configs: readonly LocalConfig[],
    private readonly clock: Clock,
    private readonly readiness: Readiness,
  ) {}

  start(): void {
    this.stops = this.configs.map((config) => this.clock.every(config.resource.lookEveryMs, () => this.check(config)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private async check({ id, resource }: LocalConfig): Promise<void> {
    const component = `config ${id}`;
    try {
      const lacking = await resource.lacking(AbortSignal.timeout(LOOK_TIMEOUT_MS));
      if (lacking === undefined) this.readiness.ready(component);
      else this.readiness.missing(component, lacking);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing(component, error.message, error.retryable ? 'degraded' : 'blocked');
    }
  }
}
