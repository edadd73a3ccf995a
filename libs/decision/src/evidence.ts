import type { FlowLag, GuardRecord, Instant, RunId, SiteId, Verdict } from '#libs/domain';

/** An operator's stop. It ends by itself. */
export interface Freeze {
  readonly by: string;
  readonly reason: string;
  readonly until: Instant;
}

/** An operator's lift of one veto, by its name. It is used up by the run that needed it, and ends by itself. */
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

/** The last site that the rules moved groups away from. All groups that leave it are one event. */
export interface SiteEvent {
  readonly site: SiteId;
  readonly since: Instant;
}

/** One of the few runs of a site event that may be under way at a time. */
export interface SiteTurn {
  readonly slot: number;
  readonly run: RunId;
  readonly since: Instant;
}

/** A failover that the rules started though the site as a whole was not lost. */
export interface LoneMove {
  readonly place: number;
  readonly group: string;
  readonly at: Instant;
}

/** What the rules did lately with the other groups of this installation, at the revision of all other evidence. */
export interface Neighbours {
  readonly siteEvent?: SiteEvent;
  readonly turns: readonly SiteTurn[];
  readonly alone: readonly LoneMove[];
  /** Groups of a better tier that wait to leave a site. */
  readonly inLine: readonly { readonly group: string; readonly site: SiteId }[];
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
  /** Absent where nobody keeps count of other groups: a single one, or a view that is not recorded. */
  readonly neighbours?: Neighbours;
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
