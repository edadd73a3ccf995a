import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.js';
import { HealthController } from './health.controller.js';
import { Log } from './log.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Origin } from './metrics/origin.js';
import { Random } from './random.js';
import { Readiness } from './readiness.js';

export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly origin: Origin;
}

/** Global: clock, randomness, log and readiness are the same for everything in a process. */
@Module({})
export class RuntimeModule {
  static register({ clock, random, log, readiness, metrics, origin }: Runtime): DynamicModule {
    const providers = [
      { provide: Clock, useValue: clock },
      { provide: Random, useValue: random },
      { provide: Log, useValue: log },
      { provide: Readiness, useValue: readiness },
      { provide: Metrics, useValue: metrics },
      { provide: Origin, useValue: origin },
    ];
    const controllers = [HealthController, MetricsController];
    return { module: RuntimeModule, global: true, providers, exports: providers, controllers };
  }
}
