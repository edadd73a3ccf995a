import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, ResourceOrder, SiteId, WorkerKind } from '#libs/domain';
import { EtcdJournal, journalAccess, Membership, SCHEMA, type Journal } from '#libs/journal';
import { Clock, Log, Metrics, Random, Readiness } from '#libs/runtime';
import { findSite, type Topology } from '#libs/topology';
import { BullmqDoorbell } from './bullmq.doorbell.js';
import { ReassertionTally } from './reassertion-tally.js';
import { Reassertion, type ReassertionPorts, type ReassertionSettings } from './reassertion.js';
import { ResourceLanes } from './resource-lanes.js';
import { announcedHandlers } from './step-handlers.js';
import type { ResolveResource } from './step-attempt.js';
import { StepWorker, type StepWorkerPorts } from './step-worker.js';

export interface BesidePorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly readiness: Readiness;
  readonly tally: ReassertionTally;
}

export interface Beside {
  start(): void;
  stop(): void;
}

export interface WorkerProcess {
  readonly worker: WorkerKind;
  readonly topology: Topology;
  readonly site: SiteId;
  readonly process: ProcessId;
  /** The resources this worker holds the key for. */
  readonly resources: (clock: Clock, random: Random) => ResolveResource;
  /** What this process does besides steps, with the same journal. */
  readonly beside?: (ports: BesidePorts) => Beside;
  /** Which orders of the journal still have a place in the topology; without it, all of them. */
  readonly mayKeep?: (order: ResourceOrder) => boolean;
}

/** What the worker uses, kept to be closed after it. */
class Ports {
  /** Steps and re-assertions of one resource take turns. */
  readonly lanes = new ResourceLanes();

  constructor(
    readonly ports: StepWorkerPorts & ReassertionPorts & { readonly membership: Membership },
    readonly resolve: ResolveResource,
    readonly beside: Beside | undefined,
  ) {}
}

/** A process whose whole job is the steps of one kind of worker: rung by its site's Redis, told by the journal. */
@Module({})
export class StepWorkerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly worker: StepWorker,
    private readonly reassertion: Reassertion,
    private readonly ports: Ports,
  ) {}

  static register({ worker, topology, site, process, resources, mayKeep, beside }: WorkerProcess): DynamicModule {
    const { pollMs, reassertMs, stepTimeoutMs, requestTimeoutMs, leaderTtlMs } = topology.policy;
    const { redis } = findSite(topology, site);
    const touched = new Set(topology.groups.filter(({ mode }) => mode !== 'observe').map(({ id }) => id));
    const keeping: ReassertionSettings = {
      site,
      worker,
      reassertMs,
      callTimeoutMs: stepTimeoutMs,
      mayKeep: (order) => touched.has(order.group) && (mayKeep?.(order) ?? true),
    };
    return {
      module: StepWorkerModule,
      providers: [
        {
          provide: Ports,
          inject: [Clock, Random, Readiness, Log, Metrics],
          useFactory: async (clock: Clock, random: Random, readiness: Readiness, log: Log, metrics: Metrics) => {
            const journal = new EtcdJournal(await journalAccess(topology, site), clock, readiness);
            const options = redis && { redis, site, ringTimeoutMs: requestTimeoutMs };
            const bell = options && new BullmqDoorbell(options, { clock, random, readiness });
            const tally = new ReassertionTally(journal, clock, process);
            const announcement = { process, site, schema: SCHEMA, handlers: announcedHandlers(worker) };
            const membership = new Membership({ journal, clock, readiness }, announcement, leaderTtlMs);
            const ports = {
              journal,
              clock,
              readiness,
              log,
              metrics,
              tally,
              membership,
              ...(bell && { doorbell: bell }),
            };
            return new Ports(ports, resources(clock, random), beside?.({ journal, clock, random, readiness, tally }));
          },
        },
        {
          provide: StepWorker,
          inject: [Ports],
          useFactory: ({ ports, resolve, lanes }: Ports) =>
            new StepWorker(ports, { site, worker, process, pollMs }, resolve, lanes),
        },
        {
          provide: Reassertion,
          inject: [Ports],
          useFactory: ({ ports, resolve, lanes }: Ports) => new Reassertion(ports, keeping, resolve, lanes),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.ports.ports.membership.start();
    this.worker.start();
    this.reassertion.start();
    this.ports.beside?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.ports.beside?.stop();
    await Promise.all([this.worker.stop(), this.reassertion.stop()]);
    await this.ports.ports.tally.stop();
    await this.ports.ports.membership.stop();
    await this.ports.ports.doorbell?.close();
    await this.ports.ports.journal.close();
  }
}
