import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { OrderLedger, StepWorkerModule } from '#libs/jobs';
import { allOrEveryProblem, Clock, Random, Readiness } from '#libs/runtime';
import { findSite, type Topology } from '#libs/topology';
import { keyedName } from './name-providers.js';
import { hostedZones, nameRecords, primaries, watchedNames } from './name-records.js';
import { NameReports } from './propagation/name-reports.js';
import { NameWatch } from './propagation/name-watch.js';
import type { WatchedName } from './propagation/watched-name.js';
import { PrimaryWatch } from './primary-watch.js';
import { ZoneWatch } from './route53/zone-watch.js';

/** Moves names between sites; the only process that holds DNS keys. */
@Module({})
export class DnsSwitcherModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly primaries: PrimaryWatch,
    private readonly zones: ZoneWatch,
  ) {}

  /** @throws SecretError, SeveralProblemsError */
  static async register(self: { topology: Topology; site: SiteId; process: ProcessId }): Promise<DynamicModule> {
    const { site, process } = self;
    const { policy, groups, installation } = self.topology;
    const names = await allOrEveryProblem(
      groups
        .flatMap(({ id: group, traffic }) => traffic.map((each) => ({ owner: { installation, group }, traffic: each })))
        .map(async ({ owner, traffic }) => keyedName(owner, traffic)),
    );
    const { resolvers } = findSite(self.topology, site);
    let made: readonly WatchedName[] | undefined;
    /** Once: what changes a name and what looks at it share what they have seen. */
    const watched = (clock: Clock, random: Random) => (made ??= watchedNames(names, resolvers, policy, clock, random));
    return {
      module: DnsSwitcherModule,
      imports: [
        StepWorkerModule.register({
          ...self,
          worker: 'dns-switcher',
          resources: (clock, random) => nameRecords(watched(clock, random), clock),
          beside: ({ journal, clock, random, readiness }) =>
            new NameWatch(
              watched(clock, random),
              { clock, readiness, reports: new NameReports(journal, site), orders: new OrderLedger(journal) },
              { site, process, lookTimeoutMs: policy.requestTimeoutMs },
            ),
        }),
      ],
      providers: [
        {
          provide: PrimaryWatch,
          inject: [Clock, Random, Readiness],
          useFactory: (clock: Clock, random: Random, readiness: Readiness) =>
            new PrimaryWatch(primaries(names, policy, clock, random), clock, readiness, policy.requestTimeoutMs),
        },
        {
          provide: ZoneWatch,
          inject: [Clock, Random, Readiness],
          useFactory: (clock: Clock, random: Random, readiness: Readiness) =>
            new ZoneWatch(hostedZones(names, clock, random), clock, readiness),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.primaries.start();
    this.zones.start();
  }

  onApplicationShutdown(): void {
    this.primaries.stop();
    this.zones.stop();
  }
}
