import type { Policy } from '#libs/topology';

/** The lab's pace: what takes a minute in production takes seconds here. Everything else stays at its default. */
export const LAB_POLICY: Partial<Policy> = {
  roundMs: 500,
  probeTimeoutMs: 400,
  dwellShortMs: 2_000,
  dwellLongMs: 5_000,
  targetHealthyMs: 5_000,
  recoveredAfterRounds: 6,
  coolDownMs: 60_000,
  // 1.1 × selfFenceMs + fenceMarginMs is over before the long dwell is.
  selfFenceMs: 3_000,
  guardRenewMs: 500,
  fenceMarginMs: 1_000,
  protectedAfterMs: 2_000,
  drainTimeoutMs: 30_000,
  armProofMaxAgeMs: 10_000,
  reassertMs: 1_000,
  // etcd counts leases in whole seconds, and starts them anew after an election.
  voteTtlMs: 2_000,
  leaderTtlMs: 3_000,
  pollMs: 500,
  requestTimeoutMs: 1_000,
  // Two sites, a witness and the tests share two cores.
  eventLoopLagMaxMs: 500,
  leaderLagMaxMs: 2_000,
};
