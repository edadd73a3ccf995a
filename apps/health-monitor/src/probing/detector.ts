import type { Opinion } from '#libs/domain';

/** One round of probes, as the detector sees it. Times are monotonic ms of this process. */
export interface Round {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Produce with acks=all: what clients do, and the only thing that can vote a cluster down. */
  readonly canary: { readonly partitions: number; readonly failed: number };
  /** Everything else that failed, in words. */
  readonly complaints: readonly string[];
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
  /** End of the first good round after the last bad one. */
  readonly healthySinceMs?: number;
  readonly lastCountedAtMs?: number;
}

export interface Judgement {
  readonly streak: Streak;
  readonly opinion: Opinion;
  readonly reason: string;
  readonly failedForMs: number;
  readonly healthyForMs: number;
}

export const NO_STREAK: Streak = { failedRounds: 0, partialRounds: 0 };

/** Rounds this far apart are not "in a row": the process was paused, or doubted itself for too long. */
const GAP_ROUNDS = 4;

/**
 * One vantage's opinion. Only failed produces on a majority of canary partitions, round after round, make `down`;
 * whatever else fails is `degraded`: an alert, no failover. Rounds the observer does not vouch for are left out.
 */
export function judge(before: Streak, round: Round, policy: DetectorPolicy): Judgement {
  if (round.doubt) return abstain(before, round, round.doubt);
  const gapMs = round.startedAtMs - (before.lastCountedAtMs ?? round.startedAtMs);
  const counted = { ...(gapMs > GAP_ROUNDS * policy.roundMs ? NO_STREAK : before), lastCountedAtMs: round.endedAtMs };
  const { partitions, failed } = round.canary;
  if (failed * 2 > partitions) return failing(counted, round, policy);
  return failed > 0 || round.complaints.length > 0 ? partial(counted, round, policy) : good(counted, round);
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
  const streak = { ...rest, failedRounds: 0, partialRounds, ...(keepsHealth && { healthySinceMs }) };
  const { partitions, failed } = round.canary;
  const canary = failed > 0 ? [`produce failed on ${failed} of ${partitions} canary partitions`] : [];
  const reason = [...canary, ...round.complaints].join('; ');
  return { streak, opinion: 'degraded', reason, ...ages(streak, round.endedAtMs) };
}

function good(before: Streak, round: Round): Judgement {
  const healthySinceMs = before.healthySinceMs ?? round.endedAtMs;
  const { failedSinceMs: _, ...rest } = before;
  const streak = { ...rest, failedRounds: 0, partialRounds: 0, healthySinceMs };
  return { streak, opinion: 'up', reason: 'all probes are good', ...ages(streak, round.endedAtMs) };
}

const ages = ({ failedSinceMs, healthySinceMs }: Streak, nowMs: number) => ({
  failedForMs: failedSinceMs === undefined ? 0 : Math.round(nowMs - failedSinceMs),
  healthyForMs: healthySinceMs === undefined ? 0 : Math.round(nowMs - healthySinceMs),
});
