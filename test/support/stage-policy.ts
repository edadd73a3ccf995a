import type { Policy } from '#libs/topology';

/** Numbers that a test on virtual time can wait for. */
export const STAGE_POLICY: Partial<Policy> = {
  dwellShortMs: 2_000,
  dwellLongMs: 5_000,
  targetHealthyMs: 5_000,
  recoveredAfterRounds: 2,
  rpoMs: 10_000,
  coolDownMs: 60_000,
  sealTimeoutMs: 1_000,
  stepTimeoutMs: 3_000,
  approvalTtlMs: 60_000,
  drainTimeoutMs: 10_000,
  protectedAfterMs: 3_000,
  fenceMarginMs: 1_000,
  leaderTtlMs: 3_000,
  requestTimeoutMs: 1_000,
};
