import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { StepWorkerModule } from '#libs/jobs';
import { Clock, Log, Readiness, SystemClock } from '#libs/runtime';
import { flowsOf, type Topology } from '#libs/topology';
import { ConnectWatch } from './connect-watch.js';
import { GroupWatch } from './groups/group-watch.js';
import { watchedGroups } from './groups/local-groups.js';
import { LoopWatch } from './loop-watch.js';
import { loopedGroups } from './looped-groups.js';
import { mirrors, tendedFlows, watchedFlows } from './mirrors.js';
import { openFlows } from './open-flows.js';
import type { Environment } from './strimzi/make.js';
import { StrimziWatch } from './strimzi/strimzi-watch.js';
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
    private readonly strimzi: StrimziWatch,
    private readonly groups: GroupWatch,
    private readonly clusters: OpenClusters,
  ) {}

  /** @throws SecretError */
  static async register(self: {
    topology: Topology;
    site: SiteId;
    process: ProcessId;
    environment: Environment;
  }): Promise<DynamicModule> {
    const { requestTimeoutMs } = self.topology.policy;
    const flows = await openFlows(self.site, self.topology, new SystemClock(), self.environment);
    return {
      module: MirrorSwitcherModule,
      imports: [
        StepWorkerModule.register({
          ...self,
          worker: 'mirror-switcher',
          resources: (clock) => mirrors(flows, requestTimeoutMs, clock),
          beside: (ports) => {
            const looped = loopedGroups(self.topology, flows, requestTimeoutMs, ports.clock);
            return new LoopWatch(looped, self.site, ports, requestTimeoutMs);
          },
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
          provide: StrimziWatch,
          inject: [Clock, Readiness],
          useFactory: (clock: Clock, readiness: Readiness) => {
            const watched = flows.flatMap((flow) => ('mirrorMaker' in flow ? [flow.mirrorMaker] : []));
            return new StrimziWatch(watched, clock, readiness, requestTimeoutMs);
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
        {
          provide: GroupWatch,
          inject: [Clock, Log],
          useFactory: (clock: Clock, log: Log) =>
            new GroupWatch(watchedGroups(flows, lookedAfter(self.topology), clock), { clock, log }),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.watch.start();
    this.restarts.start();
    this.strimzi.start();
    this.groups.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.watch.stop();
    this.restarts.stop();
    this.strimzi.stop();
    this.groups.stop();
    await Promise.all(this.clusters.all.map((cluster) => cluster.close()));
  }
}

/** Mode `observe` touches nothing. */
const touchedFlows = (topology: Topology): ReadonlySet<string> => flowsOfGroups(topology, isTouched);

/** Whose consumer groups a move is to find a place for. */
const lookedAfter = (topology: Topology): ReadonlySet<string> =>
  flowsOfGroups(topology, (group) => isTouched(group) && group.consumers !== undefined);

type Group = Topology['groups'][number];

const isTouched = ({ mode }: Group): boolean => mode !== 'observe';

const flowsOfGroups = (topology: Topology, isMeant: (group: Group) => boolean): ReadonlySet<string> =>
  new Set(topology.groups.filter(isMeant).flatMap((group) => flowsOf(topology, group).map(({ id }) => id)));
