import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { invariant, type ClusterId } from '#libs/domain';
import { EtcdJournal, Journal, journalAccess } from '#libs/journal';
import { accessTo, openCluster, type ClusterAccess, type Listener } from '#libs/kafka';
import type { Environment } from '#libs/kubernetes';
import { allOrEveryProblem, Clock, Log, Metrics, Random, Readiness } from '#libs/runtime';
import { findSite, hostAndPort, type Cluster } from '#libs/topology';
import { CommandListenerSwitch } from './fence/command.listener-switch.js';
import { KafkaUserFences } from './kafka-user/make.js';
import { PolicyFences } from './network-policy/make.js';
import { SiteGuard, type SiteGuardIdentity } from './site-guard.js';

/** Keeps a site that is not active from taking writes. Needs the journal and the site's Kafka, and neither to start. */
@Module({})
export class SiteGuardModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly guard: SiteGuard,
    private readonly journal: Journal,
    private readonly users: KafkaUserFences,
    private readonly policies: PolicyFences,
  ) {}

  /** @throws SecretError, SeveralProblemsError */
  static async register({
    environment,
    ...identity
  }: SiteGuardIdentity & { environment: Environment }): Promise<DynamicModule> {
    const { topology, site } = identity;
    const { requestTimeoutMs } = topology.policy;
    const { fenceCommand } = findSite(topology, site);
    const here = topology.clusters.filter((cluster) => cluster.site === site);
    const listeners = here.flatMap(({ bootstrap }) => bootstrap.map(hostAndPort));
    const accesses = await accessesTo(here, requestTimeoutMs);
    return {
      module: SiteGuardModule,
      providers: [
        {
          provide: Journal,
          inject: [Clock, Readiness],
          useFactory: async (clock: Clock, readiness: Readiness) =>
            new EtcdJournal(await journalAccess(topology, site), clock, readiness),
        },
        {
          provide: KafkaUserFences,
          inject: [Clock],
          useFactory: (clock: Clock) => new KafkaUserFences(topology, here, clock, environment),
        },
        {
          provide: PolicyFences,
          inject: [Clock],
          useFactory: (clock: Clock) => new PolicyFences(topology, site, clock, environment),
        },
        {
          provide: SiteGuard,
          inject: [Journal, Clock, Random, Log, Readiness, Metrics, KafkaUserFences, PolicyFences],
          useFactory: (
            journal: Journal,
            clock: Clock,
            random: Random,
            log: Log,
            readiness: Readiness,
            metrics: Metrics,
            users: KafkaUserFences,
            policies: PolicyFences,
          ) =>
            new SiteGuard(identity, {
              journal,
              clock,
              random,
              log,
              readiness,
              metrics,
              open: (cluster, listener, timeoutMs) =>
                openCluster({ ...accessOf(accesses, cluster, listener), timeoutMs }),
              fencedOtherwise: (...asked) => users.writeAccess(...asked),
              listener: (timeoutMs) =>
                fenceCommand
                  ? new CommandListenerSwitch(fenceCommand, listeners, clock, { timeoutMs, site })
                  : policies.listener(timeoutMs),
            }),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.guard.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.guard.stop();
    await Promise.all([this.journal.close(), this.users.close(), this.policies.close()]);
  }
}

type Accesses = ReadonlyMap<ClusterId, Readonly<Record<Listener, ClusterAccess>>>;

async function accessesTo(clusters: readonly Cluster[], timeoutMs: number): Promise<Accesses> {
  const all = clusters.map(async (cluster) => {
    const [clients, control] = await allOrEveryProblem([
      accessTo(cluster, 'clients', timeoutMs),
      accessTo(cluster, 'control', timeoutMs),
    ]);
    return [cluster.id, { clients, control }] as const;
  });
  return new Map(await allOrEveryProblem(all));
}

function accessOf(accesses: Accesses, { id }: Cluster, listener: Listener): ClusterAccess {
  const access = accesses.get(id);
  invariant(access, `cluster ${id} is of another site`);
  return access[listener];
}
