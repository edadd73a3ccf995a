import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { StepWorkerModule } from '#libs/jobs';
import { Clock, Log, Readiness, SystemClock } from '#libs/runtime';
import { flowsOf, type Topology } from '#libs/topology';
import { ConnectWatch } from './connect-watch.js';
import { mirrors, tendedFlows, watchedFlows } from './mirrors.js';
import { openFlows } from './open-flows.js';
import { TaskRestarts } from './task-restarts.js';

/** Connections to be closed with the process. */
class OpenClusters {
  constructor(readonly all: readonly { close(): Promise<void> }[]) {}
}

/** Stops and starts the replication that ends at its site, and turns it around; the only process that holds its logins. */
@Module({})
export class MirrorSwitcherModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly watch: ConnectWatch,
    private readonly restarts: TaskRestarts,
    private readonly clusters: OpenClusters,
  ) {}

  /** @throws SecretError */
  static async register(self: { topology: Topology; site: SiteId; process: ProcessId }): Promise<DynamicModule> {
    const { requestTimeoutMs } = self.topology.policy;
    const flows = await openFlows(self.site, self.topology, new SystemClock());
    return {
      module: MirrorSwitcherModule,
      imports: [
        StepWorkerModule.register({
          ...self,
          worker: 'mirror-switcher',
          resources: (clock) => mirrors(flows, requestTimeoutMs, clock),
        }),
      ],
      providers: [
        { provide: OpenClusters, useValue: new OpenClusters(flows.flatMap(({ clusters }) => clusters)) },
        {
          provide: ConnectWatch,
          inject: [Clock, Readiness, Log],
          useFactory: (clock: Clock, readiness: Readiness, log: Log) => {
            const watched = watchedFlows(flows, requestTimeoutMs, clock);
            return new ConnectWatch(watched, { clock, readiness, log }, requestTimeoutMs);
          },
        },
        {
          provide: TaskRestarts,
          inject: [Clock, Readiness, Log],
          useFactory: (clock: Clock, readiness: Readiness, log: Log) => {
            const tended = tendedFlows(flows, touchedFlows(self.topology), requestTimeoutMs, clock);
            return new TaskRestarts(tended, { clock, readiness, log }, requestTimeoutMs);
          },
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.watch.start();
    this.restarts.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.watch.stop();
    this.restarts.stop();
    await Promise.all(this.clusters.all.map((cluster) => cluster.close()));
  }
}

/** Mode `observe` touches nothing. */
const touchedFlows = (topology: Topology): ReadonlySet<string> =>
  new Set(
    topology.groups
      .filter(({ mode }) => mode !== 'observe')
      .flatMap((group) => flowsOf(topology, group).map(({ id }) => id)),
  );
