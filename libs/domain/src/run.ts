import type { ApprovalId, Epoch, GroupId, Instant, RunId, SiteId } from './ids.js';
import type { Step } from './step.js';

export type RunKind = 'failover';

/** What a run will do, fixed when it is decided; its hash binds approvals and resumption to exactly this. */
export interface Plan {
  readonly kind: RunKind;
  readonly group: GroupId;
  readonly from: SiteId;
  readonly to: SiteId;
  readonly steps: readonly Step[];
}

/**
 * - `sealing`: every resource is being stamped with the epoch;
 * - `stepping`: the plan's stages run in order;
 * - `needs-human`: a required step has no good outcome; nothing moves until a person says so;
 * - `completed`, `completed-with-exceptions`: closed; the exceptions name what could not be sealed or reached.
 */
export type RunPhase = 'sealing' | 'stepping' | 'needs-human' | 'completed' | 'completed-with-exceptions';

export interface Run {
  readonly id: RunId;
  readonly plan: Plan;
  readonly planHash: string;
  /** Hash of the evidence the decision was made on; the audit entry holds the evidence itself. */
  readonly evidenceHash: string;
  /** New at the start and at every takeover. */
  readonly epoch: Epoch;
  readonly phase: RunPhase;
  /** The stage in progress. */
  readonly stage: number;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  readonly approval?: ApprovalId;
  /** Names of steps whose outcome is an exception, with the reason. */
  readonly exceptions: readonly { readonly step: string; readonly reason: string }[];
  /** Why it needs a person, and what to do. */
  readonly problem?: string;
}

export const isTerminal = (phase: RunPhase): boolean => phase === 'completed' || phase === 'completed-with-exceptions';
