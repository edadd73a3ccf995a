import { groupId, invariant, type FencedResource, type ProcessId, type ResourceRef, type SiteId } from '#libs/domain';
import { announcedHandlers, ReassertionTally, StepWorker } from '#libs/jobs';
import { Membership, SCHEMA, type Journal } from '#libs/journal';
import type { KafkaCluster, Listener } from '#libs/kafka';
import type { Clock, Log, Metrics, Random, Readiness } from '#libs/runtime';
import { clusterOf, flowsOf, policyOf, type Cluster, type Group, type Topology } from '#libs/topology';
import { ArmProof } from './arming/arm-proof.js';
import type { AclScope } from './fence/acl-survey.js';
import { AclWriteAccess } from './fence/acl.write-access.js';
import type { ClusterWriteAccess, WriteAccessPorts } from './fence/cluster.write-access.js';
import type { HeldAccess } from './fence/held-access.js';
import { LadderWriteAccess } from './fence/ladder.write-access.js';
import { ListenerFence } from './fence/listener-fence.js';
import type { ListenerSwitch } from './fence/listener-switch.js';
import { WriteProbe } from './fence/write-probe.js';
import { Enforcement } from './group/enforcement.js';
import { GroupGuard } from './group/group-guard.js';
import { StepAccess } from './group/step-access.js';
import { GuardStatus } from './guard-status.js';
import { SiteLease } from './lease/site-lease.js';
import { MessageSizeWriteAccess } from './message-size/message-size.write-access.js';

/** The guard's own topic, on which it proves that it can fence. */
const CANARY = 'signalbox.guard-canary';

/** Share of the fence margin for a look at the ACLs and their change; the rest is the command's. */
const ACL_SHARE = 0.5;
const FIRST_READ_MS = 1_000;

export interface SiteGuardParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics?: Metrics;
  /** Each call makes a connection of its own, so that a proof never holds up a fence. */
  readonly open: (cluster: Cluster, listener: Listener, timeoutMs: number) => KafkaCluster;
  /** Where a cluster is fenced otherwise than by ACLs; `users`: the KafkaUsers of the group there. */
  readonly fencedOtherwise?: (
    cluster: Cluster,
    ports: WriteAccessPorts,
    users: readonly string[],
  ) => ClusterWriteAccess | undefined;
  /** Absent where the site provides no command; `timeoutMs` is for one run of it. */
  readonly listener: (timeoutMs: number) => ListenerSwitch | undefined;
}

export interface SiteGuardIdentity {
  readonly topology: Topology;
  readonly site: SiteId;
  readonly process: ProcessId;
}

interface GuardedGroup {
  readonly steps: StepAccess;
  readonly guard: GroupGuard;
}

/** Everything one site's guard is made of, put together from whatever parts: real ones, or those of a simulation. */
export class SiteGuard {
  readonly status = new GuardStatus();
  readonly lease: SiteLease;
  readonly enforcement: Enforcement;
  readonly armProof: ArmProof;
  private readonly steps: StepWorker;
  private readonly tally: ReassertionTally;
  private readonly membership: Membership;
  private readonly groups: ReadonlyMap<string, GuardedGroup>;
  private readonly connections: KafkaCluster[] = [];
  private readonly aclTimeoutMs: number;

  constructor(
    private readonly identity: SiteGuardIdentity,
    private readonly parts: SiteGuardParts,
  ) {
    const { topology, site, process } = identity;
    const { clock, random, journal, readiness, metrics } = parts;
    const { policy } = topology;
    const here = topology.groups.filter((group) => group.sites.includes(site));
    this.aclTimeoutMs = policy.fenceMarginMs * ACL_SHARE;
    const settings = { site, process, incarnation: random.id(), groups: here, guardRenewMs: policy.guardRenewMs };
    const selfFenceMs = Math.min(...here.map((group) => policyOf(topology, group).selfFenceMs), policy.selfFenceMs);
    this.lease = new SiteLease(journal, clock, readiness, this.status, { ...settings, selfFenceMs });

    this.tally = new ReassertionTally(journal, clock, process);
    const listener = parts.listener(policy.requestTimeoutMs);
    const fence = listener && new ListenerFence(listener);
    const clusters = new Map(here.map((group) => [clusterOf(topology, group, site), group]));
    const canaries = [...clusters.keys()].map((cluster) => this.canaryOn(cluster));
    const sockets = new Map([...clusters.keys()].map((cluster) => [cluster.id, this.probesOf(cluster)]));
    this.groups = new Map(
      here.map((group) => {
        const shared = sockets.get(clusterOf(topology, group, site).id);
        invariant(shared, `no connection for group ${group.id}`);
        return [group.id, this.guarded(group, shared, fence)];
      }),
    );
    this.armProof = new ArmProof(clock, readiness, this.status, {
      canaries,
      listener,
      armProofMaxAgeMs: policy.armProofMaxAgeMs,
      retryMs: policy.guardRenewMs,
      proofTimeoutMs: policy.stepTimeoutMs,
    });
    // No doorbell: the guard needs the journal alone.
    const announcement = { process, site, schema: SCHEMA, handlers: announcedHandlers('site-guard') };
    this.membership = new Membership({ journal, clock, readiness }, announcement, policy.leaderTtlMs);
    this.steps = new StepWorker(
      { journal, clock, readiness, membership: this.membership, ...(metrics && { metrics }) },
      { site, process, worker: 'site-guard', pollMs: policy.pollMs },
      (ref) => this.resource(ref),
    );
    this.enforcement = new Enforcement(this.lease, clock, fence, readiness, {
      guards: [...this.groups.values()].map(({ guard }) => guard),
      reassertMs: policy.reassertMs,
      firstReadMs: Math.min(FIRST_READ_MS, selfFenceMs / 2),
    });
  }

  /** What steps of runs work on. `undefined`: not of this site. */
  resource(ref: ResourceRef): FencedResource<HeldAccess> | undefined {
    const isHere = ref.kind === 'write-access' && ref.site === this.identity.site;
    return isHere ? this.groups.get(ref.group)?.steps : undefined;
  }

  start(): void {
    void this.enforcement.run();
    void this.armProof.run();
    this.membership.start();
    this.steps.start();
  }

  /** Leaves every fence as it is: a site without a guard must be no more open than one with it. */
  async stop(): Promise<void> {
    this.enforcement.stop();
    this.armProof.stop();
    await Promise.all([this.steps.stop(), this.tally.stop()]);
    // Not waited for: a guard must be able to restart while the journal does not answer.
    void this.membership.stop();
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  private guarded(group: Group, kafka: ClusterConnections, fence: ListenerFence | undefined): GuardedGroup {
    const { clock, log, readiness } = this.parts;
    const { topology, site } = this.identity;
    const scope = this.scopeOf(group);
    const acls = this.writeAccess(clusterOf(topology, group, site), scope, kafka, group.kafkaUsers?.[site]);
    const access = new LadderWriteAccess(acls, fence, clock, {
      aclTimeoutMs: this.aclTimeoutMs,
      requestTimeoutMs: topology.policy.requestTimeoutMs,
      mayLift: () => this.lease.holds(),
    });
    const { mode, fenceMode } = group;
    const { reassertMs } = policyOf(topology, group);
    const around = { clock, log, readiness, status: this.status, tally: this.tally };
    const settings = { group: group.id, site, mode, fenceMode, reassertMs, aclTimeoutMs: this.aclTimeoutMs };
    const steps = new StepAccess(access, clock);
    return { steps, guard: new GroupGuard(settings, access, steps, this.lease, around) };
  }

  private scopeOf(group: Group): AclScope {
    const { topology, site } = this.identity;
    const cluster = clusterOf(topology, group, site);
    const inbound = flowsOf(topology, group).filter(({ target }) => target === cluster.id);
    return {
      group: group.id,
      topics: group.topics,
      probeTopic: `signalbox.probe.${group.id}`,
      inbound: inbound.map(({ principal }) => principal),
      self: principalOn(cluster),
      openByDefault: cluster.openByDefault,
    };
  }

  /** By the control listener: it must be possible to prove the ACLs while the clients' one is closed. */
  private canaryOn(cluster: Cluster): ClusterWriteAccess {
    const control = this.connect(cluster, 'control');
    const probe = new WriteProbe(control.log, this.parts.random);
    const scope: AclScope = {
      group: groupId(CANARY),
      topics: [],
      probeTopic: CANARY,
      inbound: [],
      self: principalOn(cluster),
      openByDefault: cluster.openByDefault,
    };
    const probes = { clients: probe, control: probe };
    return this.writeAccess(cluster, scope, { control, probes });
  }

  private writeAccess(
    cluster: Cluster,
    scope: AclScope,
    { control, probes }: ClusterConnections,
    users: readonly string[] = [],
  ): ClusterWriteAccess {
    const ports = { scope, rules: control.rules, probes, clock: this.parts.clock };
    if (cluster.writeFence?.by === 'message-size') return new MessageSizeWriteAccess(ports, control);
    return this.parts.fencedOtherwise?.(cluster, ports, users) ?? new AclWriteAccess(ports);
  }

  private probesOf(cluster: Cluster): ClusterConnections {
    const [control, clients] = [this.connect(cluster, 'control'), this.connect(cluster, 'clients')];
    const { random } = this.parts;
    const probes = { clients: new WriteProbe(clients.log, random), control: new WriteProbe(control.log, random) };
    return { control, probes };
  }

  private connect(cluster: Cluster, listener: Listener): KafkaCluster {
    const { requestTimeoutMs } = this.identity.topology.policy;
    const connection = this.parts.open(cluster, listener, requestTimeoutMs);
    this.connections.push(connection);
    return connection;
  }
}

interface ClusterConnections {
  readonly control: KafkaCluster;
  readonly probes: Readonly<Record<Listener, WriteProbe>>;
}

const principalOn = ({ sasl }: Cluster): string => `User:${sasl?.username ?? 'ANONYMOUS'}`;
