import type { Evidence, GroupState, Settings } from '#libs/decision';
import type { Approval, Instant, Run, StepRecord } from '#libs/domain';

/** What an outlook is made from: one journal revision. */
export interface Prospect {
  readonly at: Instant;
  readonly state: GroupState;
  readonly settings: Settings;
  readonly evidence: Evidence;
  /** Why nothing is decided before a rescue. */
  readonly hold?: string;
  readonly approval?: Approval;
  readonly run?: Run;
  readonly steps: readonly StepRecord[];
}

/** What a group waits for, in words, and what somebody could type now, likeliest first. */
export interface Outlook {
  readonly waitsFor: readonly string[];
  readonly next: readonly string[];
}

export const whenText = (at: Instant): string => new Date(at).toISOString();
export const secondsText = (ms: number): string => `${Math.max(0, Math.ceil(ms / 1_000))} s`;
