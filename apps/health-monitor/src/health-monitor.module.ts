import { Module, type DynamicModule } from '@nestjs/common';
import { EtcdJournal, Journal, Membership, SCHEMA } from '#libs/journal';
import {
  checkpointsTopicOf,
  GroupCheckpoints,
  mannerOf,
  offsetSyncsTopicOf,
  OffsetSyncs,
  openCluster,
  openCopying,
  openSweep,
  targetTopicOf,
  type ClusterAccess,
  type OffsetSweep,
  type TopicLog,
  type WholeLog,
} from '#libs/kafka';
import { busCluster, EventBus, MultiClusterEventBus } from '#libs/messaging';
import { Clock, Log, Metrics, Random, Readiness } from '#libs/runtime';
import type { Flow } from '#libs/topology';
import { ConnectMirrorPositions } from './lag/connect.mirror-positions.js';
import { FlowProbe, type ProbeRuntime } from './lag/flow-probe.js';
import { FlowWatch } from './lag/flow-watch.js';
import { PositionKeeper } from './lag/position-keeper.js';
import { Monitor } from './monitor.service.js';
import { ClusterWatch } from './probing/cluster-watch.js';
import { KafkaProbeSet } from './probing/kafka.probe-set.js';
import { NodeTcpReach } from './probing/node.tcp-reach.js';
import { SelfDoubt } from './probing/self-doubt.js';
import { Reporting } from './reporting.js';
import type { Settings } from './settings.js';
import { VoteKeeper } from './voting/vote-keeper.js';

/** Lag is sampled no more often than this: Connect writes its offsets once a second at best. */
const LAG_MIN_MS = 1_000;
/** A record of our own every few seconds is enough to tell a link that is dead. */
const PROBE_MIN_MS = 2_000;
/** What is kept in the journal must not fill it. */
const KEPT_EVERY_MIN_MS = 5_000;
const RETRY_MS = 500;

@Module({})
export class HealthMonitorModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: HealthMonitorModule,
      providers: [
        { provide: Journal, useFactory: journal(settings), inject: [Clock, Readiness] },
        { provide: EventBus, useFactory: bus(settings), inject: [Clock, Log, Readiness] },
        {
          provide: Monitor,
          useFactory: monitor(settings),
          inject: [Journal, EventBus, Clock, Random, Log, Readiness, Metrics],
        },
      ],
    };
  }
}

const journal =
  ({ journal: access }: Settings) =>
  (clock: Clock, readiness: Readiness): Journal =>
    new EtcdJournal(access, clock, readiness);

const bus =
  ({ bus: clusters, policy }: Settings) =>
  (clock: Clock, log: Log, readiness: Readiness): EventBus =>
    new MultiClusterEventBus(
      clusters.map(busCluster),
      { waitMs: policy.requestTimeoutMs / 2, retryMs: RETRY_MS },
      { clock, log, readiness },
    );

const monitor =
  (settings: Settings) =>
  (
    journal: Journal,
    bus: EventBus,
    clock: Clock,
    random: Random,
    log: Log,
    readiness: Readiness,
    metrics: Metrics,
  ): Monitor => {
    const { policy, speaker, anchors, probed } = settings;
    const reach = new NodeTcpReach();
    const opened = probed.map((access) => ({ access, kafka: openCluster(access) }));
    const selfDoubt = new SelfDoubt(clock, reach, { ...policy, anchors });
    const observer = { clock, random, readiness, doubtSince: (ms: number) => selfDoubt.since(ms) };
    const flows = flowWatches(settings, { clock, random, readiness, metrics });
    const keptEveryMs = Math.max(policy.roundMs, KEPT_EVERY_MIN_MS);
    const votes = new VoteKeeper(journal, clock, readiness, { ttlMs: policy.voteTtlMs, everyMs: policy.roundMs });
    const { site, process } = speaker;
    return new Monitor({
      membership: new Membership(
        { journal, clock, readiness },
        { process, site, schema: SCHEMA, handlers: [] },
        policy.leaderTtlMs,
      ),
      selfDoubt,
      votes,
      reporting: new Reporting(speaker, { clock, random, log, metrics }, votes, bus),
      clusters: opened.map(({ access, kafka }) => {
        const options = { timeoutMs: policy.probeTimeoutMs, bootstrap: access.bootstrap };
        return new ClusterWatch(
          access.cluster,
          new KafkaProbeSet(kafka, reach, { clock, random }, options),
          observer,
          policy,
        );
      }),
      flows,
      positions: new PositionKeeper(journal, clock, speaker, flows, keptEveryMs),
    });
  };

/** On connections of their own: what is asked of thousands of partitions must not hold up a probe. */
function flowWatches(settings: Settings, runtime: ProbeRuntime): readonly FlowWatch[] {
  const { policy, flows, probed } = settings;
  const { clock, readiness } = runtime;
  const everyMs = Math.max(policy.roundMs, LAG_MIN_MS);
  const opened = new Map(probed.map((access) => [access.cluster, opener(access, clock)]));
  return flows.flatMap(({ flow, connect, source: connector }) => {
    const [source, target] = [opened.get(flow.source)?.(), opened.get(flow.target)?.()];
    if (!source || !target) return [];
    const manner = mannerOf(flow);
    const { log } = manner.naming.syncsAt === 'target' ? target : source;
    const watched = {
      flow: flow.id,
      source: flow.source,
      topics: flow.topics,
      manner,
      sourceLog: source.log,
      sourceWhole: source.whole,
      sourceSweep: source.sweep,
      targetSweep: target.sweep,
      positions: new ConnectMirrorPositions(connect, connector, policy.probeTimeoutMs),
      syncs: new OffsetSyncs(log, offsetSyncsTopicOf(manner.naming)),
      checkpoints: new GroupCheckpoints(target.log, checkpointsTopicOf(manner.naming)),
    };
    const probe = probeOf(flow, settings, runtime, everyMs);
    return [new FlowWatch({ ...watched, probe }, clock, readiness, everyMs)];
  });
}

/** On connections of its own, too: the source may take as long to take a record as it is let. */
function probeOf(flow: Flow, { probed }: Settings, runtime: ProbeRuntime, lookEveryMs: number): FlowProbe | undefined {
  const { id, probeTopic: topic } = flow;
  const access = (cluster: Flow['source']) => probed.find((each) => each.cluster === cluster);
  const [source, target] = [access(flow.source), access(flow.target)];
  if (topic === undefined || !source || !target) return undefined;
  const copy = targetTopicOf(mannerOf(flow).naming, topic);
  const logs = { sourceLog: openCluster(source).log, targetLog: openCluster(target).log };
  const writeEveryMs = Math.max(lookEveryMs, PROBE_MIN_MS);
  return new FlowProbe({ flow: id, topic, copy, ...logs }, runtime, { writeEveryMs, lookEveryMs });
}

/** Opens a cluster when it is first asked to, and once. */
function opener(access: ClusterAccess, clock: Clock) {
  let opened: { readonly log: TopicLog; readonly whole: WholeLog; readonly sweep: OffsetSweep } | undefined;
  return () =>
    (opened ??= {
      log: openCluster(access).log,
      whole: openCopying(access, clock).log,
      sweep: openSweep(access, clock).sweep,
    });
}
