import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { BullmqDoorbell } from '#libs/jobs';
import { EtcdJournal, Journal, journalAccess, Membership, SCHEMA } from '#libs/journal';
import { openCluster, type ClusterAccess } from '#libs/kafka';
import { busCluster, EventBus, MultiClusterEventBus } from '#libs/messaging';
import { Clock, Log, Metrics, Random, Readiness, TimeSense } from '#libs/runtime';
import { findSite } from '#libs/topology';
import { AccessAudit } from './api/access-audit.js';
import { ApprovalTokensController } from './api/approval-tokens.controller.js';
import { ApprovalsController } from './api/approvals.controller.js';
import { AuditController } from './api/audit.controller.js';
import { Authentication } from './api/authentication.js';
import { EventsController } from './api/events.controller.js';
import { GroupsController } from './api/groups.controller.js';
import { IdempotencyInterceptor } from './api/idempotency.interceptor.js';
import { IdentityProvider } from './api/identity-provider.js';
import { identityProvider } from './api/oidc/identity-provider-in.js';
import { NotificationTestsController } from './api/notification-tests.controller.js';
import { OpenApiController } from './api/openapi.controller.js';
import { PlansController } from './api/plans.controller.js';
import { ProblemFilter } from './api/problem.filter.js';
import { RequestRates } from './api/request-rates.js';
import { RelayedController } from './api/relayed.controller.js';
import { RequestsController } from './api/requests.controller.js';
import { RescueController } from './api/rescue.controller.js';
import { RunsController } from './api/runs.controller.js';
import { StatusController } from './api/status.controller.js';
import { TokenGuard } from './api/token.guard.js';
import { ApprovalTokens } from './approval/approval-tokens.js';
import { Approvals } from './approval/approvals.js';
import { auditProviders } from './audit/audit-providers.js';
import { SiteAudit } from './audit/site-audit.js';
import { DispatchService } from './dispatch/dispatch.service.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { FITNESS_WINDOW_MS } from './group/fitness.js';
import { GroupDirectory } from './group/group-directory.js';
import { GroupLoops } from './group/group-loops.service.js';
import { groupPulse } from './group/group-pulses.js';
import { Leadership } from './group/leadership.js';
import { noteForged } from './observation/forgery.js';
import { heartbeatProvider, type HeartbeatAddress } from './heartbeat/heartbeat-provider.js';
import { LocalView } from './observation/local-view.js';
import { ObservationsController } from './observation/observations.controller.js';
import { KeptAnswers } from './operation/kept-answers.js';
import { NotificationTests } from './operation/notification-tests.js';
import { Operations } from './operation/operations.js';
import { ThisProcess } from './this-process.js';
import { EventFeed } from './view/event-feed.js';
import { JournalFollower } from './view/journal-follower.js';
import { measureVerdicts } from './view/verdict-metrics.js';
import { VerdictBoard } from './view/verdict-board.js';
import { VoteAges } from './view/vote-ages.js';

/** How often the bus looks for events while none come, and tries a cluster again that is down. */
const BUS_PACE = { waitMs: 500, retryMs: 1_000 };

const PORTS = {
  journal: {
    provide: Journal,
    inject: [ThisProcess, Clock, Readiness],
    useFactory: async ({ topology, site }: ThisProcess, clock: Clock, readiness: Readiness) =>
      new EtcdJournal(await journalAccess(topology, site), clock, readiness),
  },
  bus: (clusters: readonly ClusterAccess[]) => ({
    provide: EventBus,
    inject: [Clock, Log, Readiness, Metrics, SiteAudit],
    useFactory: (clock: Clock, log: Log, readiness: Readiness, metrics: Metrics, audit: SiteAudit) => {
      const runtime = { clock, log, readiness, metrics, onForged: (problem: string) => noteForged(audit, problem) };
      return new MultiClusterEventBus(clusters.map(busCluster), BUS_PACE, runtime);
    },
  }),
  /** A witness has no Redis and no workers to ring for. */
  dispatch: {
    provide: DispatchService,
    inject: [ThisProcess, Journal, Clock, Random, Readiness],
    useFactory: (
      { topology, site }: ThisProcess,
      journal: Journal,
      clock: Clock,
      random: Random,
      readiness: Readiness,
    ) => {
      const { redis } = findSite(topology, site);
      const { pollMs, requestTimeoutMs } = topology.policy;
      if (redis === undefined) return new DispatchService(undefined, pollMs);
      const options = { redis, site, ringTimeoutMs: requestTimeoutMs };
      const doorbell = new BullmqDoorbell(options, { clock, random, readiness });
      return new DispatchService(new Dispatcher(journal, doorbell, site, clock), pollMs);
    },
  },
};

/** All observe, the holder of a group's lease decides. */
@Module({})
export class OrchestratorModule implements OnApplicationShutdown {
  constructor(
    private readonly bus: EventBus,
    private readonly journal: Journal,
  ) {}

  static register(self: ThisProcess, clusters: readonly ClusterAccess[], heard?: HeartbeatAddress): DynamicModule {
    const { policy } = self.topology;
    return {
      module: OrchestratorModule,
      controllers: [
        StatusController,
        GroupsController,
        AuditController,
        RelayedController,
        RequestsController,
        RescueController,
        PlansController,
        NotificationTestsController,
        OpenApiController,
        RunsController,
        ApprovalsController,
        ApprovalTokensController,
        EventsController,
        ObservationsController,
      ],
      providers: [
        { provide: ThisProcess, useValue: self },
        { provide: APP_GUARD, useClass: TokenGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        PORTS.journal,
        PORTS.bus(clusters),
        PORTS.dispatch,
        {
          provide: IdentityProvider,
          inject: [Clock, Log],
          useFactory: (clock: Clock, log: Log) => identityProvider(self.topology.api.oidc, { clock, log }),
        },
        Authentication,
        RequestRates,
        AccessAudit,
        ...auditProviders(
          self,
          clusters.map((access) => ({ id: access.cluster, open: () => openCluster(access) })),
        ),
        KeptAnswers,
        Operations,
        Approvals,
        NotificationTests,
        ApprovalTokens,
        EventFeed,
        JournalFollower,
        VerdictBoard,
        VoteAges,
        ...(heard ? [heartbeatProvider(heard)] : []),
        { provide: LocalView, inject: [Clock], useFactory: (clock: Clock) => new LocalView(clock, policy.voteTtlMs) },
        {
          provide: GroupDirectory,
          inject: [Journal, Log, Metrics],
          useFactory: (journal: Journal, log: Log, metrics: Metrics) =>
            new GroupDirectory(self.topology, journal, log, metrics),
        },
        {
          provide: TimeSense,
          inject: [Clock],
          useFactory: (clock: Clock) => new TimeSense(clock, FITNESS_WINDOW_MS),
        },
        {
          provide: Leadership,
          inject: [Journal, Clock, Log, Readiness, TimeSense],
          useFactory: (journal: Journal, clock: Clock, log: Log, readiness: Readiness, sense: TimeSense) => {
            const { leaderTtlMs: ttlMs, requestTimeoutMs: commitMs, leaderLagMaxMs: lagMaxMs } = policy;
            const ports = { journal, clock, log, readiness, timeSamples: () => sense.all() };
            return new Leadership(ports, { ttlMs, commitMs, lagMaxMs });
          },
        },
        {
          provide: Membership,
          inject: [Journal, Clock, Readiness],
          useFactory: (journal: Journal, clock: Clock, readiness: Readiness) => {
            const { process, site } = self;
            const announcement = { process, site, schema: SCHEMA, handlers: [] };
            return new Membership({ journal, clock, readiness, raises: true }, announcement, policy.leaderTtlMs);
          },
        },
        {
          provide: GroupLoops,
          inject: [
            GroupDirectory,
            VerdictBoard,
            JournalFollower,
            Leadership,
            Journal,
            Clock,
            Random,
            Readiness,
            TimeSense,
            Membership,
            VoteAges,
            Metrics,
          ],
          useFactory: (
            directory: GroupDirectory,
            board: VerdictBoard,
            follower: JournalFollower,
            leadership: Leadership,
            journal: Journal,
            clock: Clock,
            random: Random,
            readiness: Readiness,
            sense: TimeSense,
            membership: Membership,
            ages: VoteAges,
            metrics: Metrics,
          ) => {
            const ports = { journal, leadership, clock, random, readiness, membership, ages, metrics };
            metrics.beforeReading(() => measureVerdicts(metrics, board));
            const pulses = directory.groups.map((group) => groupPulse(group, self, board, ports));
            return new GroupLoops(pulses, { follower, leadership, sense, clock, membership });
          },
        },
      ],
    };
  }

  /** After everything that uses them has stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
    await this.journal.close();
  }
}
