import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { StepWorkerModule } from '#libs/jobs';
import { accessTo, openCluster, type KafkaCluster } from '#libs/kafka';
import { findCluster, type Topology } from '#libs/topology';
import { mirrors } from './mirrors.js';

/** Connections to be closed with the process. */
class OpenClusters {
  constructor(readonly all: readonly KafkaCluster[]) {}
}

/** Stops and starts the replication that ends at its site. */
@Module({})
export class MirrorSwitcherModule implements OnApplicationShutdown {
  constructor(private readonly clusters: OpenClusters) {}

  /** @throws SecretError */
  static async register(self: { topology: Topology; site: SiteId; process: ProcessId }): Promise<DynamicModule> {
    const { topology, site } = self;
    const here = topology.flows.filter(({ target }) => findCluster(topology, target).site === site);
    const flows = await Promise.all(
      here.map(async (flow) => {
        const { requestTimeoutMs } = topology.policy;
        const cluster = openCluster(await accessTo(findCluster(topology, flow.target), 'control', requestTimeoutMs));
        return { flow, cluster, target: cluster.log };
      }),
    );
    return {
      module: MirrorSwitcherModule,
      imports: [
        StepWorkerModule.register({
          ...self,
          worker: 'mirror-switcher',
          resources: (clock) => mirrors(flows, topology, clock),
        }),
      ],
      providers: [{ provide: OpenClusters, useValue: new OpenClusters(flows.map(({ cluster }) => cluster)) }],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.clusters.all.map((cluster) => cluster.close()));
  }
}
