import type { ApprovalId, GroupId, Instant, RunId, SiteId, WriteAccess } from '#libs/domain';

interface Settled {
  readonly group: GroupId;
  readonly active: SiteId;
  /** Sites that take no writes and cannot become active until they are protected again. */
  readonly quarantined: readonly SiteId[];
  /** End of the last run; the cool-down counts from here. */
  readonly lastRunEndedAt?: Instant;
  /** The rule of the last decision that was recorded, and what stood in its way; an equal one is not recorded again. */
  readonly rule: string;
  readonly vetoes: readonly string[];
}

/**
 * What the journal holds of a group. `-ing` phases owe something; the others wait for the world.
 * - `suspecting`: the active site's cluster is down and the dwell runs, or a veto stands that nobody may lift;
 * - `observed`: mode `observe` has decided; nothing is done until the cluster is back;
 * - `declined`: a person said no to this incident.
 */
export type GroupState = Settled &
  (
    | { readonly phase: 'steady' }
    | { readonly phase: 'suspecting' }
    | { readonly phase: 'observed'; readonly target: SiteId }
    | {
        readonly phase: 'awaiting-approval';
        readonly approval: ApprovalId;
        readonly target: SiteId;
        readonly expiresAt: Instant;
      }
    | { readonly phase: 'declined'; readonly approval: ApprovalId }
    | { readonly phase: 'failing-over'; readonly run: RunId; readonly from: SiteId; readonly target: SiteId }
  );

export type Phase = GroupState['phase'];

/** A group nobody has decided about yet: its home site is active. */
export const initialGroupState = (group: GroupId, home: SiteId): GroupState => ({
  group,
  active: home,
  quarantined: [],
  rule: 'initial',
  vetoes: [],
  phase: 'steady',
});

/**
 * What the journal lets a site's clients and mirrors do now. `undefined` for the target of an open run: there the
 * run's steps rule, one at a time, and the guard changes nothing by itself.
 */
export function permittedAccess(state: GroupState, site: SiteId): WriteAccess | undefined {
  if (state.quarantined.includes(site)) return 'none';
  if (state.phase === 'failing-over') {
    if (site === state.from) return 'none';
    if (site === state.target) return undefined;
  }
  return site === state.active ? 'clients' : 'inbound';
}
