import type {
  ApprovalId,
  AuditEntry,
  Epoch,
  GroupId,
  GuardRecord,
  Instant,
  NameReport,
  Opinion,
  Plan,
  ProcessId,
  ReturningSite,
  Run,
  RunId,
  RunKind,
  SiteId,
  StepRecord,
  Verdict,
  WorkerKind,
} from '#libs/domain';
import type { AttestationView, OverrideView, VetoView } from './operator-answers.js';

/** What the orchestrator's HTTP API answers, under `/v1`. Clients ignore fields they do not know. */

export interface StatusAnswer {
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly journal: { readonly reachable: boolean; readonly missing: readonly string[] };
  readonly topologyHash: string;
  readonly clusters: readonly ClusterStatus[];
  readonly groups: readonly GroupStatus[];
  readonly guards: readonly { readonly record: GuardRecord; readonly leaseHeld: boolean }[];
  /** What waits in the queues of this orchestrator's site; none at a witness. */
  readonly queues?: readonly QueueStatus[];
  /** Parts this orchestrator cannot reach now, in words. */
  readonly missing: readonly string[];
}

/** The doorbell of one worker. Nothing hangs on it: what is not rung is found by looking. */
export interface QueueStatus {
  readonly worker: WorkerKind;
  /** Rings that nobody has taken yet; null when Redis does not say. */
  readonly depth: number | null;
  /** How long the oldest of them has been waiting. */
  readonly oldestMs: number | null;
  /** Since this orchestrator started: how often it rang, and how often that failed. */
  readonly rung: number;
  readonly missed: number;
}

export interface ClusterStatus {
  readonly verdict: Verdict;
  /** False for a local view of a process that cannot reach the journal: it is shown and never acted on. */
  readonly recorded: boolean;
}

/** A name as one site sees it. */
export type NameStatus = Omit<NameReport, 'group' | 'news'>;

export interface GroupStatus {
  readonly group: GroupId;
  readonly mode: 'observe' | 'approve' | 'automatic';
  readonly fenceMode: 'strict' | 'guarded' | 'advisory';
  readonly phase: string;
  readonly active: SiteId;
  readonly epoch: Epoch;
  readonly leader?: ProcessId | null;
  /** What would make the next loss worse than it need be, in words. */
  readonly warnings?: readonly string[];
  /** By name and by the site that looked. */
  readonly names?: readonly NameStatus[];
  /** Why nothing is decided before a rescue. */
  readonly onHold?: string;
  readonly frozen?: { readonly by: string; readonly reason: string; readonly until: Instant };
  readonly run?: RunId;
  readonly approval?: ApprovalId;
  /** What one person decided for all, and nobody has reviewed. */
  readonly reviewsDue?: readonly ApprovalId[];
  /** Of the run that is open, or asked for. */
  readonly kind?: RunKind;
  /** Sites that take no client's write and cannot become active, and how far each is on its way back. */
  readonly quarantined: readonly SiteId[];
  readonly returning: Readonly<Record<string, ReturningSite>>;
  /** How long the lag of a site that is catching up must stay under the RPO. */
  readonly protectedAfterMs?: number;
  /** What people have lifted or attested, while it is in force. */
  readonly overrides?: readonly OverrideView[];
  readonly attestations?: readonly AttestationView[];
}

/** One process's vote on the cluster, as the verdict counts it. */
export interface VoteView {
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly opinion: Opinion;
  readonly reason: string;
  readonly failedForMs: number;
  readonly healthyForMs: number;
  /** How long the orchestrator that answers has known it as it is: it was cast at most one look earlier. */
  readonly ageMs?: number;
}

/** A stretch of time in which one thing stood: a decision, what somebody did, or only looking. */
export interface TimelineRow {
  readonly from: Instant;
  /** When the next one began; absent while it still stands. */
  readonly until?: Instant;
  /** Of the group, or of its run. */
  readonly phase: string;
  /** Each once, in the order in which they came up. */
  readonly rules: readonly string[];
  /** How many entries of the audit it stands for. */
  readonly times: number;
  readonly by: string;
  readonly byPerson: boolean;
  readonly epoch: Epoch;
  /** Names of what stood in the way. */
  readonly vetoes: readonly string[];
  /** What came of it: `start-run failover a → b`. */
  readonly follows: readonly string[];
}

export interface ExplainAnswer {
  readonly group: GroupId;
  readonly phase: string;
  readonly verdict: Verdict;
  readonly recorded: boolean;
  readonly rule: string;
  readonly vetoes: readonly VetoView[];
  /** What would have to change for the group to move, in words. */
  readonly toChange: readonly string[];
  /** What to type now, likeliest first; empty when there is nothing to do but to wait. */
  readonly next?: readonly string[];
  readonly overrides?: readonly OverrideView[];
  readonly attestations?: readonly AttestationView[];
  /** Every vote on the active site's cluster. */
  readonly votes?: readonly VoteView[];
  /** Latest first; what was only looked at is together. */
  readonly timeline?: readonly TimelineRow[];
  /** Latest first. */
  readonly decisions: readonly AuditEntry[];
}

export interface PlanAnswer {
  readonly plan: Plan;
  readonly planHash: string;
  readonly vetoes: readonly VetoView[];
}

export interface RunAnswer {
  readonly run: Run;
  readonly steps: readonly StepRecord[];
}
