import type {
  Approval,
  ApprovalId,
  Epoch,
  FlowId,
  GroupId,
  Instant,
  Json,
  Plan,
  ResourceRef,
  RunId,
  RunPhase,
  SiteId,
} from '#libs/domain';
import type { RequestKind } from './operator-requests.js';

/** What the API answers to what people do. `next`: what to type now, in words or as a command, likeliest first. */

/** A reason not to act, in words. An overridable one binds automatic runs only. */
export interface VetoView {
  readonly name: string;
  readonly message: string;
  readonly overridable: boolean;
}

/** An operator's lift of one veto, by its name. */
export interface OverrideView {
  readonly veto: string;
  readonly by: string;
  readonly reason: string;
  readonly until: Instant;
}

/** A person's word that a site is off and takes no writes. */
export interface AttestationView {
  readonly site: SiteId;
  readonly by: string;
  readonly reason: string;
  readonly until: Instant;
}

/** A run that started, or an approval that waits for somebody else. */
export interface RequestAnswer {
  readonly group: GroupId;
  readonly kind: RequestKind;
  readonly target: SiteId;
  readonly run?: RunId;
  readonly approval?: ApprovalId;
  readonly plan: Plan;
  readonly planHash: string;
  /** What stands in the way, and is lifted by whoever approves. */
  readonly vetoes: readonly VetoView[];
  readonly next: readonly string[];
}

/** A run as it stands after abort, retry or skip. */
export interface RunChangeAnswer {
  readonly group: GroupId;
  readonly run: RunId;
  readonly phase: RunPhase;
  /** The steps that the change concerns: undone, tried again, or skipped. */
  readonly steps: readonly string[];
  readonly next: readonly string[];
}

export interface OverrideAnswer {
  readonly group: GroupId;
  readonly override: OverrideView;
  /** All that are in force. */
  readonly overrides: readonly OverrideView[];
  readonly next: readonly string[];
}

export interface AttestAnswer {
  readonly group: GroupId;
  readonly attestation: AttestationView;
  /** What counts from now on because of it, in words. */
  readonly lifts: readonly string[];
  readonly next: readonly string[];
}

export interface ReleaseAnswer {
  readonly group: GroupId;
  readonly site: SiteId;
  readonly next: readonly string[];
}

/** A survey that was asked for. Every reading is there, or missing for good, within `withinMs`. */
export interface SurveyAnswer {
  readonly group: GroupId;
  readonly survey: RunId;
  readonly readings: number;
  readonly withinMs: number;
  readonly next: readonly string[];
}

/** What a resource was read as; without an epoch it was not, and `problem` says why. */
export interface ReadingView {
  readonly resource: ResourceRef;
  readonly runsAt: SiteId;
  readonly epoch?: Epoch;
  readonly value?: Json;
  readonly problem?: string;
}

/** What a rescue would start from. */
export interface RescueFindings {
  readonly group: GroupId;
  readonly survey: RunId;
  readonly active: SiteId;
  /** Readings that may still come. */
  readonly pending: readonly string[];
  readonly readings: readonly ReadingView[];
  /** The journal's epoch, the highest that was found, and the one that the rescue sets. */
  readonly epoch: Epoch;
  readonly highest: Epoch;
  readonly nextEpoch: Epoch;
  /** Everything that is not as the journal, or whoever named the active site, says. */
  readonly disagreements: readonly string[];
  /** Sites of which only a person can say that they take no writes. */
  readonly unread: readonly SiteId[];
  /** Passive sites in order; every other one goes to quarantine. */
  readonly standing: readonly SiteId[];
  /** Of all of this: what a rescue must confirm. */
  readonly hash: string;
  readonly next: readonly string[];
}

/** A rescue that started. */
export interface RescueAnswer {
  readonly group: GroupId;
  readonly run: RunId;
  readonly active: SiteId;
  readonly epoch: Epoch;
  readonly plan: Plan;
  readonly planHash: string;
  readonly next: readonly string[];
}

export type ApprovalAnswer = Approval & {
  /** `already-decided`: something else was first, and the answer changed nothing. */
  readonly outcome: 'counted' | 'already-decided';
  readonly next: readonly string[];
};

/** What is asked before anything is needed: is this group ready to be moved? */
export interface PreflightAnswer {
  readonly group: GroupId;
  readonly ok: boolean;
  readonly checks: readonly PreflightCheck[];
}

export interface PreflightCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do about it; empty when it is ok. */
  readonly remedy: string;
}

/** If we failed over now: what it would cost, how long it would take, and everything in its way. */
export interface ForecastAnswer {
  readonly group: GroupId;
  readonly at: Instant;
  readonly from: SiteId;
  /** Absent when no site could take over. */
  readonly to?: SiteId;
  /** Of a failover that somebody asks for now; `not-now` when a veto stands that nobody can lift. */
  readonly start: 'at-once' | 'after-approval' | 'not-now';
  /** What the target does not have yet, by the latest sample; absent when nobody measures it. */
  readonly atRisk?: RiskView;
  /** From the decision to the end, by the failovers of this group that the journal still holds; absent without any. */
  readonly takes?: DurationView;
  readonly vetoes: readonly VetoView[];
  /** Checks of the preflight that fail. */
  readonly warnings: readonly PreflightCheck[];
  readonly next: readonly string[];
}

/** Records and time that a failover would leave behind. `ms` counts the age of the sample in. */
export interface RiskView {
  readonly flow: FlowId;
  readonly records: number;
  readonly ms: number;
  readonly sampleAgeMs: number;
}

export interface DurationView {
  readonly runs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly slowestMs: number;
}

/** A plan to be executed by hand when nothing of Signalbox is left. Signed by the site that made it. */
export interface PlanExportAnswer {
  readonly format: 'signalbox.plan-export.v1';
  readonly group: GroupId;
  readonly plan: Plan;
  readonly planHash: string;
  readonly madeAt: Instant;
  readonly madeBy: SiteId;
  /** The epoch in force; what is written by hand carries one that is 500 higher, below what a rescue sets. */
  readonly epoch: Epoch;
  /** Lines for a shell, step by step, in the plan's order. */
  readonly instructions: readonly string[];
  readonly keyId: string;
  /** Ed25519 over the canonical JSON of all of it but itself. */
  readonly signature: string;
}
