import type {
  AuditEntry,
  Epoch,
  Instant,
  Json,
  Run,
  RunPhase,
  StepRecord,
  StrandedRange,
  Verdict,
  VerdictKind,
} from '#libs/domain';
import type { Counts, MovedCounts } from './counts.js';
import type { Served } from './ledger.js';
import type { FaultName, Mode } from './options.js';
import type { PolicyFactors } from './policy-factors.js';

export interface ReportedStep {
  readonly name: string;
  readonly site: string;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly status: string;
  readonly verifiedBy: { readonly check: string; readonly observed: Json } | null;
}

/** What A could still do to the data, for faults that its broker outlives. */
export interface FenceReport {
  /** When the fence of A was read back, or had been waited out. */
  readonly fencedAt: Instant;
  /** The first write that B acknowledged was sent then. */
  readonly firstWriteAtB: Instant;
  /** The last write that A acknowledged: in fact, not by any clock of Signalbox, A was fenced from then on. */
  readonly lastAckedAtA: Instant;
  /** Acknowledged by A after `fencedAt`, also after A was thawed or healed. */
  readonly ackedAtAAfterFence: number;
  /** Tries of the producer inside A that failed after A was mended. */
  readonly refusedAtAAfterMend: number;
}

/** What the return of A was like, until it was protected again. */
export interface ReturnReport {
  /** From the first answer of A's broker to a producer inside A, to its first refusal for want of a right. */
  readonly fencedAfterMs: number;
  /**
   * From that first answer to A's last acknowledgement, 0 when there was none: its listener may have been closed in
   * between, and then nobody is told that a right is missing.
   */
  readonly writableMs: number;
  /** What A acknowledged in between. */
  readonly ackedBeforeFence: number;
  /** As Signalbox counts them and says where they lie. */
  readonly strandedRecords: number;
  readonly ranges: readonly StrandedRange[];
  /** As an independent reader of both logs counts them. */
  readonly onlyAtA: number;
  /** From the approval of the reprotection until A could have become active again. */
  readonly protectedAfterMs: number;
}

/** A run that a person asked for, and what the application felt of it. */
export interface MoveReport {
  readonly outcome: RunPhase;
  /** How often it was asked for: something may have stood in the way, or the run was taken back. */
  readonly asked: number;
  /** The token's name; null when nobody had to approve. */
  readonly approvedBy: string | null;
  /** From the last record acknowledged at the old site to the first one produced and consumed at the new one. */
  readonly rtoMs: number;
  /** The longest time between two acknowledgements in a row, from the request until all was well. */
  readonly longestPauseMs: number;
  readonly steps: readonly ReportedStep[];
  readonly exceptions: Run['exceptions'];
}

/** The way home. The counts are of the whole demo. */
export type FailbackReport = MoveReport & MovedCounts;

/** Which process was killed on the way, and when. */
export interface KillReport {
  readonly seed: number;
  readonly process: string;
  readonly site: string;
  /** The part of the story, and how far into it. */
  readonly chapter: string;
  readonly afterMs: number;
  readonly at: Instant;
  /** Until it was ready again. */
  readonly backAfterMs: number;
}

/** What an upgrade of the chart at B, in the middle of the run, did to it. */
export interface UpgradeReport {
  /** When helm returned: everything that was changed stood in the API server. */
  readonly upgradedAt: Instant;
  /** From then until the run was closed. */
  readonly runWentOnForMs: number;
  /** As they stood at the clients' ConfigMap, from before the run until every pod was a new one. */
  readonly epochs: readonly number[];
  /** What the ConfigMap says at the end. */
  readonly mapping: string;
}

/** demo-report.json of a planned move. */
export interface SwitchoverReport extends Omit<MoveReport, 'outcome'>, MovedCounts {
  readonly outcome: 'switched-over';
  readonly runPhase: RunPhase;
  readonly dnsAnswers: Report['dnsAnswers'];
  readonly epoch: Epoch;
  readonly auditVerified: boolean;
  readonly policy: PolicyFactors;
  readonly killed?: KillReport;
}

/** demo-report.json. All instants are milliseconds since 1970, all of this machine's clock. */
export interface Report extends Counts {
  readonly outcome: 'failed-over' | 'no-action';
  readonly fault: FaultName;
  readonly mode: Mode;
  readonly verdict: VerdictKind;
  /** The row of the verdict table that matched. */
  readonly verdictRule: string;
  /** False for a local view of an orchestrator that cannot reach the journal. */
  readonly recorded: boolean;
  /** The rule of the decision; of the verdict when nothing could be recorded. */
  readonly rule: string;
  /** From the first failed round to the first record produced and consumed at B through the new DNS answer. */
  readonly rtoMs: number | null;
  readonly dwellMs: number | null;
  readonly aboveDwellMs: number | null;
  readonly steps: readonly ReportedStep[];
  readonly dnsAnswers: Readonly<Record<string, readonly string[] | 'no answer'>>;
  readonly epoch: Epoch;
  readonly auditVerified: boolean;
  readonly policy: PolicyFactors;
  readonly milestones: Milestones;
  /** How A's records were read. */
  readonly readAtA: 'segment files' | 'broker';
  /** Without an action: whether every resource is byte for byte as it was before the fault. */
  readonly resourcesIdentical?: boolean;
  /** Where it is not, as `sites.b.acls.3: was …, is …`. */
  readonly changedResources?: readonly string[];
  readonly fence?: FenceReport;
  readonly return?: ReturnReport;
  readonly failback?: FailbackReport;
  readonly killed?: KillReport;
  readonly upgrade?: UpgradeReport;
}

/** When what happened. */
export interface Milestones {
  readonly faultAt: Instant;
  readonly firstFailedRoundAt?: Instant;
  readonly decidedAt?: Instant;
  readonly runClosedAt?: Instant;
  readonly firstProducedAtBAt?: Instant;
  readonly servedAt?: Instant;
}

export const reportStep = ({ name, runsAt, startedAt, finishedAt, status, verifiedBy }: StepRecord): ReportedStep => ({
  name,
  site: runsAt,
  startedAt: startedAt ?? null,
  finishedAt: finishedAt ?? null,
  status,
  verifiedBy: verifiedBy ?? null,
});

/** What a finished failover left in the journal. */
export interface FailoverRecord {
  readonly run: Run;
  readonly steps: readonly StepRecord[];
  readonly decision: AuditEntry;
  readonly verdict: Verdict;
  readonly served: Served;
}

/**
 * The first failed round: what the decision's evidence says, or an observation that says earlier. The evidence is as old
 * as the vote it came from, so it can only be late, which would make the RTO look shorter than it was.
 */
export const firstFailedRound = ({ decision, verdict }: FailoverRecord, observed: Instant | undefined): Instant =>
  Math.min(Math.floor(decision.at - verdict.failedForMs), observed ?? Infinity) as Instant;

export const rto = (
  firstFailedRoundAt: Instant,
  servedAt: Instant,
  dwellMs: number,
): Pick<Report, 'rtoMs' | 'dwellMs' | 'aboveDwellMs'> => {
  const rtoMs = servedAt - firstFailedRoundAt;
  return { rtoMs, dwellMs, aboveDwellMs: rtoMs - dwellMs };
};
