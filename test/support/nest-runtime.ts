import type { DynamicModule } from '@nestjs/common';
import {
  Clock,
  InMemoryLog,
  Log,
  Metrics,
  ProcessReadiness,
  Random,
  Readiness,
  SystemClock,
  SystemRandom,
} from '#libs/runtime';

class Runtime {}

/** What `bootstrap` gives every module of a process, for a module that a test boots by itself. */
export class NestRuntime {
  readonly clock = new SystemClock();
  readonly log = new InMemoryLog();
  readonly readiness = new ProcessReadiness(this.log, this.clock);

  get module(): DynamicModule {
    const providers = [
      { provide: Clock, useValue: this.clock },
      { provide: Random, useClass: SystemRandom },
      { provide: Log, useValue: this.log },
      { provide: Readiness, useValue: this.readiness },
      { provide: Metrics, useValue: new Metrics() },
    ];
    return { module: Runtime, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
