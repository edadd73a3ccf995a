import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId, WorkerKind } from '#libs/domain';
import { EtcdJournal, journalAccess } from '#libs/journal';
import { Clock, Random, Readiness } from '#libs/runtime';
import { findSite, type Topology } from '#libs/topology';
import { BullmqDoorbell } from './bullmq.doorbell.js';
import type { ResolveResource } from './step-attempt.js';
import { StepWorker, type StepWorkerPorts } from './step-worker.js';

export interface WorkerProcess {
  readonly worker: WorkerKind;
  readonly topology: Topology;
  readonly site: SiteId;
  readonly process: ProcessId;
  /** The resources this worker holds the key for. */
  readonly resources: (clock: Clock, random: Random) => ResolveResource;
}

/** What the worker uses, kept to be closed after it. */
class Ports {
  constructor(readonly ports: StepWorkerPorts) {}
}

/** A process whose whole job is the steps of one kind of worker: rung by its site's Redis, told by the journal. */
@Module({})
export class StepWorkerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly worker: StepWorker,
    private readonly ports: Ports,
  ) {}

  static register({ worker, topology, site, process, resources }: WorkerProcess): DynamicModule {
    const { pollMs, requestTimeoutMs } = topology.policy;
    const { redis } = findSite(topology, site);
    return {
      module: StepWorkerModule,
      providers: [
        {
          provide: Ports,
          inject: [Clock, Random, Readiness],
          useFactory: async (clock: Clock, random: Random, readiness: Readiness) => {
            const journal = new EtcdJournal(await journalAccess(topology, site), clock, readiness);
            const options = redis && { redis, site, ringTimeoutMs: requestTimeoutMs };
            const bell = options && new BullmqDoorbell(options, { clock, random, readiness });
            return new Ports({ journal, clock, readiness, ...(bell && { doorbell: bell }) });
          },
        },
        {
          provide: StepWorker,
          inject: [Ports, Clock, Random],
          useFactory: ({ ports }: Ports, clock: Clock, random: Random) =>
            new StepWorker(ports, { site, worker, process, pollMs }, resources(clock, random)),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker.stop();
    await this.ports.ports.doorbell?.close();
    await this.ports.ports.journal.close();
  }
}
