import type { ApprovalId, Epoch, GroupId, Instant, RunId, SiteId } from './ids.js';
import type { Step } from './step.js';

/**
 * - `failover`: unplanned, away from a site that is lost; may lose up to the RPO;
 * - `switchover`: planned, loses nothing;
 * - `failback`: a switchover to the home site, always approved;
 * - `quarantine`: takes in a site that returned: seals it, keeps it fenced and counts its stranded records;
 * - `reprotect`: starts replication toward a site in quarantine, from the watermark;
 * - `salvage`: copies the stranded records of a site in quarantine to the one that serves, or leaves them where they are;
 * - `survey`: reads what every resource of the group holds, and under which epoch; changes nothing;
 * - `rescue`: makes the resources and the journal one again, under an epoch above all of theirs, on a person's word.
 */
export type RunKind =
  'failover' | 'switchover' | 'failback' | 'quarantine' | 'reprotect' | 'salvage' | 'survey' | 'rescue';

/** The kinds that change which site is active. */
export const MOVES: readonly RunKind[] = ['failover', 'switchover', 'failback'];

/**
 * What a run will do, fixed when it is decided; its hash binds approvals and resumption to exactly this. `from` is the
 * site that is active when the run starts; `to` the one it concerns: the next active one, or the one that returned.
 */
export interface Plan {
  readonly kind: RunKind;
  readonly group: GroupId;
  readonly from: SiteId;
  readonly to: SiteId;
  readonly steps: readonly Step[];
  /** Of what stages and results mean to who leads the run; 1 when absent. Pinned for the life of a run. */
  readonly version?: number;
}

/**
 * - `sealing`: every resource is being stamped with the epoch;
 * - `stepping`: the plan's stages run in order;
 * - `compensating`: what was done is undone in reverse, under an epoch of its own;
 * - `needs-human`: a required step has no good outcome; nothing moves until a person says so;
 * - `completed`, `completed-with-exceptions`: closed; the exceptions name what could not be sealed or reached;
 * - `aborted`: closed, and compensated; exceptions as above.
 */
export type RunPhase =
  'sealing' | 'stepping' | 'compensating' | 'needs-human' | 'completed' | 'completed-with-exceptions' | 'aborted';

/** Why and how a run is taken back. */
export interface Compensation {
  /** A person, or the rule that gave up. */
  readonly by: string;
  readonly reason: string;
  /** Seals first, then the inverse of every step that may have happened, last one first. */
  readonly steps: readonly Step[];
}

export interface Run {
  readonly id: RunId;
  readonly plan: Plan;
  readonly planHash: string;
  /** Hash of the evidence the decision was made on; the audit entry holds the evidence itself. */
  readonly evidenceHash: string;
  /** New at the start, at every takeover and at its compensation. */
  readonly epoch: Epoch;
  readonly phase: RunPhase;
  /** The stage in progress: of the plan, or of the compensation once there is one. */
  readonly stage: number;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  readonly approval?: ApprovalId;
  /** Who asked for it; absent when the rules did. */
  readonly requestedBy?: string;
  readonly compensation?: Compensation;
  /** Names of steps whose outcome is an exception, with the reason. */
  readonly exceptions: readonly { readonly step: string; readonly reason: string }[];
  /** W3C Trace Context of its decision: its steps go on there, whoever leads and works. */
  readonly traceparent?: string;
  /** Why it needs a person, and what to do. */
  readonly problem?: string;
}

export const isTerminal = (phase: RunPhase): boolean =>
  phase === 'completed' || phase === 'completed-with-exceptions' || phase === 'aborted';
