import type { Doubt } from './detector.js';

/** What a process noticed of itself while a round lasted. */
export interface SelfSight {
  /** How late the event loop was at its latest, in ms. */
  readonly lagMs: number;
  /** How far the wall clock moved beside the monotonic one, with its sign, in ms. */
  readonly jumpMs: number;
  /** Absent until they have been asked once. */
  readonly anchors?: { readonly reached: number; readonly of: number };
}

export interface HonestyPolicy {
  readonly eventLoopLagMaxMs: number;
}

const CLOCK_JUMP_MAX_MS = 1_000;
const ANCHORS_MIN = 2;

/**
 * Why a round says nothing about the cluster: its observer may be the one that is cut off, starved, or set to another
 * time. `undefined` when it can be believed. What cannot be measured (NaN) is no reason for trust. Pure.
 */
export function doubtIn({ lagMs, jumpMs, anchors }: SelfSight, policy: HonestyPolicy): Doubt | undefined {
  if (!(Math.abs(jumpMs) <= CLOCK_JUMP_MAX_MS)) {
    return { kind: 'breaking', reason: `the clock jumped by ${Math.round(jumpMs)} ms` };
  }
  if (!(lagMs <= policy.eventLoopLagMaxMs)) {
    return { kind: 'passing', reason: `the event loop lagged ${Math.round(lagMs)} ms` };
  }
  if (!anchors) return { kind: 'passing', reason: 'the anchors have not answered yet' };
  if (anchors.reached >= ANCHORS_MIN) return undefined;
  return { kind: 'passing', reason: `only ${anchors.reached} of ${anchors.of} anchors can be reached` };
}
