import type { FlowLag, GuardRecord, Instant, SiteId, Verdict } from '#libs/domain';

/** An operator's stop. It ends by itself. */
export interface Freeze {
  readonly by: string;
  readonly reason: string;
  readonly until: Instant;
}

/** An operator's lift of one veto, by its name. It ends by itself. */
export interface Override {
  readonly veto: string;
  readonly by: string;
  readonly reason: string;
  readonly until: Instant;
}

/** A person's word that a site is off and takes no writes: as good as its fence read back. It ends by itself. */
export interface Attestation {
  readonly site: SiteId;
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
  readonly overrides: readonly Override[];
  readonly attestations: readonly Attestation[];
  /** Names that were never switched and that somebody else owns: they will not be. Absent when there are none. */
  readonly foreignNames?: readonly ForeignName[];
}

export interface ForeignName {
  readonly name: string;
  readonly owners: readonly string[];
}

/** The attestation that is in force for a site. */
export const attestationOf = (
  { attestations }: Pick<Evidence, 'attestations'>,
  site: SiteId,
  at: Instant,
): Attestation | undefined => attestations.find((each) => each.site === site && each.until > at);
