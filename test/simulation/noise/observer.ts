import { judge, NO_STREAK, type DetectorPolicy, type Streak } from '#libs/decision';
import { clusterId, processId, type Vote } from '#libs/domain';
import type { Random } from '#libs/runtime';
import type { Standpoint } from './layout.js';

export const CLUSTER = clusterId('kafka-a');

export interface ObserverPolicy extends DetectorPolicy {
  readonly jitter: number;
  readonly probeTimeoutMs: number;
  readonly voteTtlMs: number;
}

/** What is in trouble between these times. */
export type Troubled = (source: string, fromMs: number, toMs: number) => boolean;

/** A good round is over after this. */
const ANSWER_MS = 20;
const CANARY = { partitions: 3, failed: 0 } as const;
const LOST = { partitions: 3, failed: 3 } as const;

interface Underway {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly isLost: boolean;
}

/** One health monitor: rounds at its pace, judged by the detector, and a vote that lives as long as its lease. */
export class Observer {
  /** Of the first round of the failure that lasts; the same instant as the streak's. */
  streak: Streak = NO_STREAK;
  private underway: Underway;
  private vote: Vote | undefined;
  private leaseEndsAtMs: number;
  private readonly blank: Omit<Vote, 'opinion' | 'reason' | 'failedForMs' | 'healthyForMs'>;

  constructor(
    readonly standpoint: Standpoint,
    private readonly policy: ObserverPolicy,
    private readonly random: Random,
    private readonly troubled: Troubled,
    fromMs: number,
    /** Share of rounds that are lost by chance alone. */
    private readonly lossRate: number,
  ) {
    const { site } = standpoint;
    const identity = { site, process: processId(`health-monitor@${site}`), incarnation: '1', sequence: 0 };
    this.blank = { ...identity, cluster: CLUSTER, flows: [], keyId: '', signature: '' };
    this.leaseEndsAtMs = fromMs + policy.voteTtlMs;
    this.underway = this.begin(fromMs + random.fraction() * policy.roundMs);
  }

  /** When it next changes what the journal holds: a round ends, or its lease does. */
  get nextMs(): number {
    const { endedAtMs } = this.underway;
    return this.vote && this.leaseEndsAtMs < endedAtMs ? this.leaseEndsAtMs : endedAtMs;
  }

  /** Its vote, as the journal holds it. */
  get held(): Vote | undefined {
    return this.vote;
  }

  /** Whether it has got over what was. */
  get isCalm(): boolean {
    return this.vote?.opinion === 'up' && this.streak.failedRounds === 0;
  }

  step(): void {
    const { startedAtMs, endedAtMs, isLost } = this.underway;
    if (this.nextMs < endedAtMs) {
      this.vote = undefined;
      return;
    }
    const round = { startedAtMs, endedAtMs, canary: isLost ? LOST : CANARY, complaints: [] };
    const { streak, opinion, reason, failedForMs, healthyForMs } = judge(this.streak, round, this.policy);
    this.streak = streak;
    if (this.canVote(endedAtMs)) {
      this.leaseEndsAtMs = endedAtMs + this.policy.voteTtlMs;
      this.vote = { ...this.blank, opinion, reason, failedForMs, healthyForMs };
    }
    this.underway = this.begin(Math.max(startedAtMs + this.spreadMs(), endedAtMs));
  }

  private begin(startedAtMs: number): Underway {
    const quickMs = startedAtMs + ANSWER_MS;
    const isCut = this.standpoint.sight.every((way) => way.some((one) => this.troubled(one, startedAtMs, quickMs)));
    const isLost = isCut || this.random.fraction() < this.lossRate;
    return { startedAtMs, endedAtMs: isLost ? startedAtMs + this.policy.probeTimeoutMs : quickMs, isLost };
  }

  private canVote(atMs: number): boolean {
    return this.standpoint.word.some((way) => !way.some((one) => this.troubled(one, atMs, atMs)));
  }

  private spreadMs(): number {
    const { roundMs, jitter } = this.policy;
    return roundMs * (1 + jitter * (2 * this.random.fraction() - 1));
  }
}
