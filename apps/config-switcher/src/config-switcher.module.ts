import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { StepWorkerModule } from '#libs/jobs';
import { Clock, Random, Readiness } from '#libs/runtime';
import type { Topology } from '#libs/topology';
import { ConfigWatch } from './config-watch.js';
import type { Environment } from './kubernetes/make.js';
import { isInTopology, localConfigs, resolveAt } from './local-configs.js';

/** Changes what clients of its own site read. */
@Module({})
export class ConfigSwitcherModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly watch: ConfigWatch) {}

  static register(self: {
    topology: Topology;
    site: SiteId;
    process: ProcessId;
    environment: Environment;
  }): DynamicModule {
    const { topology, site, environment } = self;
    return {
      module: ConfigSwitcherModule,
      imports: [
        StepWorkerModule.register({
          ...self,
          worker: 'config-switcher',
          resources: (clock, random) => resolveAt(site, localConfigs(topology, site, { clock, random, environment })),
          mayKeep: isInTopology(topology),
        }),
      ],
      providers: [
        {
          provide: ConfigWatch,
          inject: [Clock, Random, Readiness],
          useFactory: (clock: Clock, random: Random, readiness: Readiness) =>
            new ConfigWatch(localConfigs(topology, site, { clock, random, environment }), clock, readiness),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.watch.start();
  }

  onApplicationShutdown(): void {
    this.watch.stop();
  }
}
