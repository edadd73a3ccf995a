import type { Opinion } from '#libs/domain';

/**
 * What each check counts for, of 100. `produce` and `consume` count by the share of canary partitions they failed on. The
 * weights say how bad a round was; that a cluster is down only the canary can say.
 */
const WEIGHTS = { produce: 25, consume: 15, metadata: 15, quorum: 15, partitions: 20, tcp: 5, certificate: 5 } as const;

export type ProbeKind = keyof typeof WEIGHTS;

/** Something else than the produce that did not do what it should. */
export interface Complaint {
  readonly probe: Exclude<ProbeKind, 'produce'>;
  readonly detail: string;
}

/** One round of probes, as the detector sees it. Times are monotonic ms of this process. */
export interface Round {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Produce with acks=all: what clients do, and the only thing that can vote a cluster down. */
  readonly canary: { readonly partitions: number; readonly failed: number };
  readonly complaints: readonly Complaint[];
  /** Why this round says nothing about the cluster: the observer may be the one with the problem. */
  readonly doubt?: Doubt;
}

/** `passing`: rounds around it still count. `breaking`: nothing seen before it counts any more. */
export interface Doubt {
  readonly kind: 'passing' | 'breaking';
  readonly reason: string;
}

export interface DetectorPolicy {
  readonly roundMs: number;
  readonly suspectAfterRounds: number;
  readonly downAfterRounds: number;
}

/** What earlier rounds left behind. */
export interface Streak {
  readonly failedRounds: number;
  /** Start of the first of them. */
  readonly failedSinceMs?: number;
  readonly partialRounds: number;
  /** Since the last failed round; a partial one is not among them. */
  readonly goodRounds: number;
  /** End of the first good round after the last bad one. */
  readonly healthySinceMs?: number;
  readonly lastCountedAtMs?: number;
}

export interface Judgement {
  readonly streak: Streak;
  readonly opinion: Opinion;
  readonly reason: string;
  /** From 100, by what was asked and answered in this round; absent while the observer abstains. */
  readonly score?: number;
  readonly failedForMs: number;
  readonly healthyForMs: number;
  readonly goodRounds: number;
}

export const NO_STREAK: Streak = { failedRounds: 0, partialRounds: 0, goodRounds: 0 };

/** Rounds this far apart are not "in a row": the process was paused, or doubted itself for too long. */
const GAP_ROUNDS = 4;
/** A complaint that weighs no more is told, and degrades nothing: a certificate that ends is for people. */
const HARMLESS = 5;

/**
 * One vantage's opinion. Only failed produces on a majority of canary partitions, round after round, make `down`;
 * whatever else fails is `degraded`: an alert, no failover. Rounds the observer does not vouch for are left out.
 */
export function judge(before: Streak, round: Round, policy: DetectorPolicy): Judgement {
  if (round.doubt) return abstain(before, round, round.doubt);
  const gapMs = round.startedAtMs - (before.lastCountedAtMs ?? round.startedAtMs);
  const counted = { ...(gapMs > GAP_ROUNDS * policy.roundMs ? NO_STREAK : before), lastCountedAtMs: round.endedAtMs };
  const { partitions, failed } = round.canary;
  const score = scoreOf(round);
  if (failed * 2 > partitions) return { ...failing(counted, round, policy), score };
  const isHealthy = failed === 0 && round.complaints.every(({ probe }) => WEIGHTS[probe] <= HARMLESS);
  return { ...(isHealthy ? good(counted, round) : partial(counted, round, policy)), score };
}

function scoreOf({ canary: { partitions, failed }, complaints }: Round): number {
  const share = 1 / Math.max(1, partitions);
  const lost = complaints.map(({ probe }) => WEIGHTS[probe] * (probe === 'consume' ? share : 1));
  // What could not be produced cannot be consumed either.
  const canary = failed * share * (WEIGHTS.produce + WEIGHTS.consume);
  return Math.max(0, Math.round(100 - canary - lost.reduce((sum, weight) => sum + weight, 0)));
}

function abstain(before: Streak, { endedAtMs }: Round, doubt: Doubt): Judgement {
  const streak = doubt.kind === 'breaking' ? NO_STREAK : before;
  return { streak, opinion: 'abstain', reason: doubt.reason, ...ages(streak, endedAtMs) };
}

function failing(before: Streak, round: Round, policy: DetectorPolicy): Judgement {
  const failedRounds = before.failedRounds + 1;
  const streak: Streak = {
    failedRounds,
    failedSinceMs: before.failedSinceMs ?? round.startedAtMs,
    partialRounds: 0,
    goodRounds: 0,
    ...(before.lastCountedAtMs !== undefined && { lastCountedAtMs: before.lastCountedAtMs }),
  };
  const { partitions, failed } = round.canary;
  const times = failedRounds === 1 ? '1 round' : `${failedRounds} rounds`;
  const reason = `produce failed on ${failed} of ${partitions} canary partitions for ${times}`;
  return { streak, opinion: failureOpinion(failedRounds, policy), reason, ...ages(streak, round.endedAtMs) };
}

const failureOpinion = (failedRounds: number, policy: DetectorPolicy): Opinion => {
  if (failedRounds >= policy.downAfterRounds) return 'down';
  return failedRounds >= policy.suspectAfterRounds ? 'suspect' : 'degraded';
};

/** One slow answer does not make a healthy cluster young again; as many rounds as make a suspicion do. */
function partial(before: Streak, round: Round, policy: DetectorPolicy): Judgement {
  const partialRounds = before.partialRounds + 1;
  const { failedRounds: _, failedSinceMs: __, healthySinceMs, ...rest } = before;
  const keepsHealth = healthySinceMs !== undefined && partialRounds < policy.suspectAfterRounds;
  const goodRounds = keepsHealth ? before.goodRounds : 0;
  const streak = { ...rest, failedRounds: 0, partialRounds, goodRounds, ...(keepsHealth && { healthySinceMs }) };
  const { partitions, failed } = round.canary;
  const canary = failed > 0 ? [`produce failed on ${failed} of ${partitions} canary partitions`] : [];
  return {
    streak,
    opinion: 'degraded',
    reason: [...canary, ...told(round)].join('; '),
    ...ages(streak, round.endedAtMs),
  };
}

function good(before: Streak, round: Round): Judgement {
  const healthySinceMs = before.healthySinceMs ?? round.endedAtMs;
  const { failedSinceMs: _, ...rest } = before;
  const goodRounds = before.goodRounds + 1;
  const streak = { ...rest, failedRounds: 0, partialRounds: 0, goodRounds, healthySinceMs };
  const reason = told(round).join('; ') || 'all probes are good';
  return { streak, opinion: 'up', reason, ...ages(streak, round.endedAtMs) };
}

/** What weighs most comes first. */
const told = ({ complaints }: Round): readonly string[] =>
  complaints.toSorted((a, b) => WEIGHTS[b.probe] - WEIGHTS[a.probe]).map(({ detail }) => detail);

const ages = ({ failedSinceMs, healthySinceMs, goodRounds }: Streak, nowMs: number) => ({
  goodRounds,
  failedForMs: failedSinceMs === undefined ? 0 : Math.round(nowMs - failedSinceMs),
  healthyForMs: healthySinceMs === undefined ? 0 : Math.round(nowMs - healthySinceMs),
});
