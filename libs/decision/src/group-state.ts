import type {
  ApprovalId,
  GroupId,
  Instant,
  ReturningSite,
  RunId,
  RunKind,
  SalvageAs,
  SiteId,
  WriteAccess,
} from '#libs/domain';

interface Settled {
  readonly group: GroupId;
  readonly active: SiteId;
  /** Sites that stopped being active, by site, until they are protected again: none of them can become active. */
  readonly returning: Readonly<Record<string, ReturningSite>>;
  /** What Kafka at each site called itself (cluster.id) when it was first seen, until a person releases the site. */
  readonly knownAs?: Readonly<Record<string, string>>;
  /** End of the last run that moved the group; the cool-down counts from here. */
  readonly lastRunEndedAt?: Instant;
  /** The rule of the last decision that was recorded, and what stood in its way; an equal one is not recorded again. */
  readonly rule: string;
  readonly vetoes: readonly string[];
}

/**
 * What the journal holds of a group. `-ing` phases owe something; the others wait for the world.
 * - `suspecting`: the active site's cluster is down and the dwell runs, or a veto stands that nobody may lift;
 * - `observed`: mode `observe` has decided; nothing is done until the cluster is back;
 * - `awaiting-approval`: people are asked, by the rules or by the one in `requestedBy`;
 * - `declined`: a person said no to this incident;
 * - `running`: a run is open; its record says how far it is.
 */
export type GroupState = Settled &
  (
    | { readonly phase: 'steady' }
    | { readonly phase: 'suspecting' }
    | { readonly phase: 'observed'; readonly target: SiteId }
    | {
        readonly phase: 'awaiting-approval';
        readonly approval: ApprovalId;
        readonly kind: RunKind;
        readonly target: SiteId;
        /** Of a salvage. */
        readonly as?: SalvageAs;
        readonly requestedBy?: string;
        readonly expiresAt: Instant;
      }
    | { readonly phase: 'declined'; readonly approval: ApprovalId }
    | {
        readonly phase: 'running';
        readonly run: RunId;
        readonly kind: RunKind;
        readonly from: SiteId;
        readonly target: SiteId;
      }
  );

export type Phase = GroupState['phase'];

/** A group nobody has decided about yet: its home site is active. */
export const initialGroupState = (group: GroupId, home: SiteId): GroupState => ({
  group,
  active: home,
  returning: {},
  rule: 'initial',
  vetoes: [],
  phase: 'steady',
});

/** Sites that may not become active, in the order in which they left. */
export const quarantinedIn = ({ returning }: Pick<GroupState, 'returning'>): readonly SiteId[] =>
  Object.keys(returning) as SiteId[];

/**
 * What the journal lets a site's clients and mirrors do now. `undefined` where an open run's steps rule, one at a time:
 * there the guard changes nothing by itself.
 */
export function permittedAccess(state: GroupState, site: SiteId): WriteAccess | undefined {
  const byRun = state.phase === 'running' ? permittedByRun(state, site) : 'unconcerned';
  if (byRun !== 'unconcerned') return byRun;
  const phase = state.returning[site]?.phase;
  if (phase === 'lost' || phase === 'quarantined') return 'none';
  return site === state.active ? 'clients' : 'inbound';
}

/** A planned move takes nothing away before its own step does; a failover's old site is closed from its first moment. */
function permittedByRun(
  { kind, from, target }: Extract<GroupState, { phase: 'running' }>,
  site: SiteId,
): WriteAccess | undefined | 'unconcerned' {
  switch (kind) {
    case 'failover':
      if (site === from) return 'none';
      return site === target ? undefined : 'unconcerned';
    case 'switchover':
    case 'failback':
      return site === from || site === target ? undefined : 'unconcerned';
    case 'reprotect':
      return site === target ? undefined : 'unconcerned';
    case 'quarantine':
      return site === target ? 'none' : 'unconcerned';
    case 'rescue':
      return site === target ? undefined : 'unconcerned';
    case 'salvage':
    case 'survey':
      return 'unconcerned';
  }
}
