import {
  judge,
  NO_STREAK,
  type Complaint,
  type DetectorPolicy,
  type Doubt,
  type Judgement,
  type Streak,
} from '#libs/decision';
import type { ClusterId } from '#libs/domain';
import type { Clock, Random, Readiness, Stop } from '#libs/runtime';
import type { ProbeRound, ProbeSet } from './probe-set.js';

export interface RoundReport extends Omit<Judgement, 'streak'> {
  readonly cluster: ClusterId;
  readonly probes: ProbeRound['probes'];
  /** As of when lag counts: the first failed round while the cluster is failing, else now. Monotonic ms. */
  readonly lagAtMs: number;
  readonly kafkaClusterId?: string;
}

export interface WatchPolicy extends DetectorPolicy {
  /** Share of `roundMs` by which rounds are spread. */
  readonly jitter: number;
}

/** What a watch needs of its surroundings. */
export interface Observer {
  readonly clock: Clock;
  readonly random: Random;
  readonly readiness: Readiness;
  /** Why what this process saw since then should not be believed. */
  readonly doubtSince: (startedAtMs: number) => Doubt | undefined;
}

/** Rounds of probes of one cluster, at a pace that does not depend on how long they take. */
export class ClusterWatch {
  private streak: Streak = NO_STREAK;

  constructor(
    readonly cluster: ClusterId,
    private readonly probes: ProbeSet,
    private readonly observer: Observer,
    private readonly policy: WatchPolicy,
  ) {}

  /** Hands every round to `onRound`, which must not throw. */
  start(onRound: (report: RoundReport) => void): Stop {
    const stopped = new AbortController();
    void this.run(onRound, stopped.signal);
    return () => stopped.abort();
  }

  private async run(onRound: (report: RoundReport) => void, stopped: AbortSignal): Promise<void> {
    const { clock } = this.observer;
    let dueMs = clock.monotonicMs();
    while (!stopped.aborted) {
      const report = await this.round();
      if (!stopped.aborted) onRound(report);
      const nowMs = clock.monotonicMs();
      dueMs = Math.max(dueMs + this.spreadMs(), nowMs);
      await clock.sleep(dueMs - nowMs, stopped);
    }
  }

  private async round(): Promise<RoundReport> {
    const { clock } = this.observer;
    const startedAtMs = clock.monotonicMs();
    const round = await this.probes.round();
    const endedAtMs = clock.monotonicMs();
    const doubt = this.observer.doubtSince(startedAtMs) ?? this.refusal(round);
    this.tellDoubt(doubt);
    const { canary, probes, kafkaClusterId } = round;
    const seen = { startedAtMs, endedAtMs, canary, complaints: complaintsOf(round), ...(doubt && { doubt }) };
    const { streak, ...judgement } = judge(this.streak, seen, this.policy);
    this.streak = streak;
    return {
      cluster: this.cluster,
      probes,
      ...judgement,
      lagAtMs: streak.failedSinceMs ?? endedAtMs,
      ...(kafkaClusterId && { kafkaClusterId }),
    };
  }

  /** A cluster that does not let us in is not down, and nothing else can be said of it. */
  private refusal({ refused }: ProbeRound): Doubt | undefined {
    return refused === undefined ? undefined : { kind: 'passing', reason: refused };
  }

  private tellDoubt(doubt: Doubt | undefined): void {
    const component = `view of cluster ${this.cluster}`;
    if (doubt) this.observer.readiness.missing(component, `No opinion of cluster ${this.cluster}: ${doubt.reason}`);
    else this.observer.readiness.ready(component);
  }

  private spreadMs(): number {
    const { roundMs, jitter } = this.policy;
    return roundMs * (1 + jitter * (2 * this.observer.random.fraction() - 1));
  }
}

/** Produce is what the canary counts. */
const complaintsOf = ({ probes }: ProbeRound): readonly Complaint[] =>
  probes.flatMap(({ probe, ok, detail }) =>
    ok || probe === 'produce'
      ? []
      : [{ probe, detail: detail === undefined ? `${probe} failed` : `${probe}: ${detail}` }],
  );
