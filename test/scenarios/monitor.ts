import { signVote } from '#libs/contracts';
import { judge, NO_STREAK, type Doubt, type Streak } from '#libs/decision';
import { processId, type ClusterId, type FlowLag, type SiteId, type Vote } from '#libs/domain';
import type { Journal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, type Clock, type Stop } from '#libs/runtime';
import { findCluster, type Flow, type Topology } from '#libs/topology';

import { VoteKeeper } from '../../apps/health-monitor/src/voting/vote-keeper.js';
import { stageKey } from '../support/stage-topology.js';
import type { Ground } from './ground.js';

const PARTITIONS = 3;
/** How long the clusters had been well when a scenario begins. */
const WELL_FOR_MS = 86_400_000;
/** Between the sites, so that the order of things never depends on who is asked first. */
const STAGGER_MS = 100;

/** One site's health monitor: the detector and the vote keeper as they are, over probes that look at the ground. */
export class Monitor {
  readonly #keeper: VoteKeeper;
  readonly #incarnation: string;
  #sequence = 0;
  #stops: readonly (() => unknown)[] = [];

  constructor(
    private readonly site: SiteId,
    private readonly topology: Topology,
    private readonly ground: Ground,
    private readonly clock: Clock,
    journal: Journal,
    incarnation: number,
  ) {
    const { voteTtlMs: ttlMs, roundMs: everyMs } = topology.policy;
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    this.#keeper = new VoteKeeper(journal, clock, readiness, { ttlMs, everyMs });
    this.#incarnation = String(incarnation);
  }

  /** `afterMs`: how long it has been well. */
  start(wellForMs = WELL_FOR_MS): void {
    const rank = this.topology.sites.findIndex(({ id }) => id === this.site);
    const watches = this.topology.clusters.map(({ id }) => this.#watch(id, wellForMs, rank * STAGGER_MS));
    this.#stops = [...watches, this.#keeper.start()];
  }

  stop(): void {
    for (const stop of this.#stops) void stop();
    this.#stops = [];
  }

  #watch(cluster: ClusterId, wellForMs: number, afterMs: number): Stop {
    const stopped = new AbortController();
    const watch = async () => {
      const goodRounds = Math.floor(wellForMs / this.topology.policy.roundMs);
      let streak: Streak = { ...NO_STREAK, goodRounds, healthySinceMs: this.clock.monotonicMs() - wellForMs };
      await this.clock.sleep(afterMs, stopped.signal);
      while (!stopped.signal.aborted) {
        const startedAtMs = this.clock.monotonicMs();
        streak = await this.#round(cluster, streak);
        const tookMs = this.clock.monotonicMs() - startedAtMs;
        await this.clock.sleep(this.topology.policy.roundMs - tookMs, stopped.signal);
      }
    };
    void watch();
    return () => stopped.abort();
  }

  async #round(cluster: ClusterId, before: Streak): Promise<Streak> {
    const { policy } = this.topology;
    const startedAtMs = this.clock.monotonicMs();
    const failed = this.#failedOn(cluster);
    // What does not answer takes its time.
    if (failed === PARTITIONS) await this.clock.sleep(policy.probeTimeoutMs);
    const doubt = this.#doubt();
    const round = {
      startedAtMs,
      endedAtMs: this.clock.monotonicMs(),
      canary: { partitions: PARTITIONS, failed },
      complaints: [],
      ...(doubt && { doubt }),
    };
    const { streak, score: _, ...said } = judge(before, round, policy);
    const { site } = findCluster(this.topology, cluster);
    const name = failed === PARTITIONS ? {} : { kafkaClusterId: this.ground.kafkaName(site) };
    this.#vote({ cluster, ...said, ...name, flows: this.#flowsFrom(cluster) });
    return streak;
  }

  #failedOn(cluster: ClusterId): number {
    const { site } = findCluster(this.topology, cluster);
    const kafka = this.ground.kafka.get(site) ?? 'serving';
    if (!this.ground.reaches(this.site, site) || kafka === 'stopped') return PARTITIONS;
    return kafka === 'degraded' ? 1 : 0;
  }

  #doubt(): Doubt | undefined {
    const reason = 'only 1 of 3 anchors can be reached';
    return this.ground.isAlone(this.site) ? { kind: 'passing', reason } : undefined;
  }

  /** A source that fails is behind by what it was at its first failed round. */
  #flowsFrom(cluster: ClusterId): readonly FlowLag[] {
    return this.topology.flows
      .filter((flow) => flow.source === cluster && findCluster(this.topology, flow.target).site === this.site)
      .flatMap((flow) => this.#lagOf(flow));
  }

  #lagOf({ id }: Flow): readonly FlowLag[] {
    const lagMs = this.ground.behindMs.has(id) ? this.ground.behindMs.get(id) : 40;
    return lagMs === undefined ? [] : [{ flow: id, lagRecords: Math.round(lagMs / 10), lagMs, sampleAgeMs: 500 }];
  }

  #vote(said: Omit<Vote, 'site' | 'process' | 'incarnation' | 'sequence' | 'keyId' | 'signature'>): void {
    const process = processId(`health-monitor@${this.site}`);
    const about = { site: this.site, process, incarnation: this.#incarnation, sequence: ++this.#sequence };
    this.#keeper.offer(signVote({ ...about, ...said }, stageKey(this.site)));
  }
}
