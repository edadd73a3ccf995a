import type { ApprovalId, Backlog, Instant, Plan, Positions, RunId, Salvaged, SiteId } from '#libs/domain';
import type { Evidence } from './evidence.js';
import type { GroupState } from './group-state.js';
import type { DecisionPolicy, GroupShape } from './policy.js';
import type { MoveRequest } from './request.js';
import type { Turn } from './storm.js';
import type { Veto } from './veto.js';

/**
 * Past facts. `fresh` ids are drawn by the shell, so that the core needs no randomness. `changed`: what is otherwise than
 * when people were asked, in words.
 */
export type GroupEvent =
  | {
      readonly kind: 'evaluated';
      readonly at: Instant;
      readonly evidence: Evidence;
      readonly fresh: FreshIds;
      readonly changed?: string;
    }
  | {
      readonly kind: 'requested';
      readonly at: Instant;
      readonly request: MoveRequest;
      readonly evidence: Evidence;
      readonly fresh: FreshIds;
    }
  | {
      readonly kind: 'approved';
      readonly at: Instant;
      readonly approval: ApprovalId;
      readonly evidence: Evidence;
      readonly fresh: FreshIds;
      readonly changed?: string;
    }
  | { readonly kind: 'denied' | 'cancelled'; readonly at: Instant; readonly approval: ApprovalId }
  | { readonly kind: 'released'; readonly at: Instant; readonly site: SiteId }
  | {
      readonly kind: 'rescued';
      readonly at: Instant;
      readonly by: string;
      readonly plan: Plan;
      /** All of the group's. */
      readonly sites: readonly SiteId[];
      /** Passive ones that were read in order. */
      readonly standing: readonly SiteId[];
      /** A resource carries a higher epoch than the journal: what the journal says of positions is out of date. */
      readonly isBehind: boolean;
      readonly fresh: FreshIds;
    }
  | { readonly kind: 'run-closed'; readonly at: Instant; readonly run: RunId; readonly findings: Findings };

/** What a run that was closed leaves behind. */
export interface Findings {
  readonly outcome: 'completed' | 'aborted';
  /** Where the new active site's log ended when it was promoted. */
  readonly watermark?: Positions;
  /** What the old site held and the new one did not. */
  readonly stranded?: Backlog;
  /** What was done with the stranded records. */
  readonly salvaged?: Salvaged;
  /** Sites whose write access does not carry the run's epoch. */
  readonly unsealed?: readonly SiteId[];
}

export interface FreshIds {
  readonly run: RunId;
  readonly approval: ApprovalId;
}

/** What the shell owes once the state is saved; it saves both in one transaction. */
export type Effect =
  | {
      readonly kind: 'start-run';
      readonly run: RunId;
      readonly plan: Plan;
      readonly approval?: ApprovalId;
      readonly requestedBy?: string;
    }
  | {
      readonly kind: 'open-approval';
      readonly approval: ApprovalId;
      readonly target: SiteId;
      readonly requestedBy?: string;
      /** What would run if it were approved now. */
      readonly plan: Plan;
      readonly expiresAt: Instant;
      readonly vetoes: readonly Veto[];
    }
  /** What was lifted for one run is used up by it. */
  | { readonly kind: 'use-overrides'; readonly vetoes: readonly string[] }
  /** The group's share of what all groups together may do at a time. */
  | { readonly kind: 'take-turn'; readonly run: RunId; readonly turn: Turn }
  | {
      readonly kind: 'close-approval';
      readonly approval: ApprovalId;
      readonly outcome: 'superseded' | 'expired';
      readonly because?: string;
    };

export interface Decision {
  readonly state: GroupState;
  readonly effects: readonly Effect[];
  /** Which rule fired; stored in the state and in the audit entry. */
  readonly rule: string;
  readonly vetoes: readonly Veto[];
}

export interface Settings {
  readonly shape: GroupShape;
  readonly policy: DecisionPolicy;
}

/** The evidence an event brings, if it brings any. */
export type Evaluation = Extract<GroupEvent, { evidence: Evidence }>;
