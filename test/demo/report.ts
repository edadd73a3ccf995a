import type { AuditEntry, Epoch, Instant, Json, Run, StepRecord, Verdict, VerdictKind } from '#libs/domain';
import type { Counts } from './counts.js';
import type { firstServed } from './ledger.js';
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
  readonly fence?: FenceReport;
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
  readonly served: NonNullable<ReturnType<typeof firstServed>>;
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
