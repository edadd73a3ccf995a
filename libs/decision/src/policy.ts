import type { ConfigData, OneTarget, SalvageConflicts, SiteId } from '#libs/domain';

/** What a group may do by itself. `observe` decides and audits, and touches nothing. */
export type Mode = 'observe' | 'approve' | 'automatic';

/** What counts as fenced when the old site does not answer (design §7). */
export type FenceMode = 'strict' | 'guarded' | 'advisory';

/** The numbers and choices that the core decides by. All durations in milliseconds. */
export interface DecisionPolicy {
  readonly mode: Mode;
  readonly fenceMode: FenceMode;
  /** Sites that must agree on `down`. */
  readonly quorum: number;
  /** From the first failed round, when the site itself says it is down. */
  readonly dwellShortMs: number;
  /** From the first failed round, when the site is silent. */
  readonly dwellLongMs: number;
  /** How long the target must have been healthy before it is trusted. */
  readonly targetHealthyMs: number;
  /** Good rounds after which a cluster that was lost counts as recovered: nothing goes home before. */
  readonly recoveredAfterRounds: number;
  readonly rpoMs: number;
  /** Between two runs of a group, and between two events that move groups: a second one within it is a storm. */
  readonly coolDownMs: number;
  /** Runs of one site event that may be under way at a time. */
  readonly runsAtOnce: number;
  readonly sealTimeoutMs: number;
  readonly stepTimeoutMs: number;
  readonly approvalTtlMs: number;
  /** How long a planned move waits, with writes stopped, until nothing is left to replicate. */
  readonly drainTimeoutMs: number;
  /** How long a returned site's lag must have been under the RPO before it is protected. */
  readonly protectedAfterMs: number;
  /** Which stranded records are not replayed; `keep-newest` when absent. */
  readonly salvageConflicts?: SalvageConflicts;
  /** How people are asked; without it one of any who may approve is enough, and time alone says nothing. */
  readonly approval?: ApprovalPolicy;
}

/** Who has to agree, and what it means that they did not in time. */
export interface ApprovalPolicy {
  readonly required: number;
  readonly approvers: readonly string[];
  readonly escalateAfterMs: readonly number[];
  readonly onTimeout: 'hold' | 'deny';
}

/** What becomes of consumer groups that the new site has no translated offset of; see `untranslated` in signalbox.yaml. */
export type UntranslatedGroups = 'oldest' | 'report';

/** Where a group lives and what moves with it: the part of the topology that a plan is made from. */
export interface GroupShape {
  readonly group: string;
  readonly home: SiteId;
  readonly sites: readonly SiteId[];
  /** Cluster of each site, by site. */
  readonly clusters: Readonly<Record<string, string>>;
  /** Sites that have no other cluster than the group's: a verdict on it is one on the site. */
  readonly soleClusterAt?: readonly SiteId[];
  /** In whose favour the group waits when many have to leave a site; absent where all are of one tier. */
  readonly tier?: { readonly own: number; readonly better: readonly number[]; readonly hasWorse: boolean };
  /** Replication between the group's sites, by direction. */
  readonly flows: readonly { readonly id: string; readonly from: SiteId; readonly to: SiteId }[];
  /** Absent where nobody looks after them. */
  readonly untranslatedGroups?: UntranslatedGroups;
  readonly names: readonly {
    readonly name: string;
    readonly ttlSeconds: number;
    /** What a planned move lowers it to first; absent where it leaves it alone. */
    readonly plannedTtlSeconds?: number;
    /** By the site that is active, under the standing TTL. */
    readonly targets: Readonly<Record<string, OneTarget>>;
  }[];
  /** What clients read at their own site: `data` is by the site that is active. */
  readonly configs: readonly {
    readonly id: string;
    readonly data: Readonly<Record<string, ConfigData>>;
    /** By site: how long what reads it may take to come up with it. Absent where nothing is restarted for it. */
    readonly rolloutMs?: Readonly<Record<string, number>>;
  }[];
}
