import type { FlowLag, GuardRecord, Instant, Verdict } from '#libs/domain';

/** An operator's stop. It ends by itself. */
export interface Freeze {
  readonly by: string;
  readonly reason: string;
  readonly until: Instant;
}

export interface GuardEvidence {
  readonly record: GuardRecord | undefined;
  /** The guard's lease exists: it renewed lately and can be asked. */
  readonly leaseHeld: boolean;
}

/** Everything a decision looks at, taken from one journal revision. Stored whole in the audit entry. */
export interface Evidence {
  readonly verdicts: readonly Verdict[];
  /** By source cluster: the inbound flow as the target's vantage last measured it. */
  readonly lag: Readonly<Record<string, FlowLag | undefined>>;
  readonly guards: Readonly<Record<string, GuardEvidence | undefined>>;
  readonly freeze?: Freeze;
}
