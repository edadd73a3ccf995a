import { quarantinedIn } from '#libs/decision';
import type { GroupStatus, StatusAnswer } from '#libs/contracts';
import type { KnownGroup } from '../group/group-directory.js';
import type { GroupView } from '../group/group-view.js';

/** One line of the status, from the journal. */
export function groupStatusOf({ id, settings }: KnownGroup, { state, epoch, leader, freeze }: GroupView): GroupStatus {
  return {
    group: id,
    mode: settings.policy.mode,
    fenceMode: settings.policy.fenceMode,
    phase: state.phase,
    active: state.active,
    epoch,
    leader: (leader?.value.split('#')[0] ?? null) as GroupStatus['leader'],
    quarantined: quarantinedIn(state),
    returning: state.returning,
    protectedAfterMs: settings.policy.protectedAfterMs,
    ...(freeze && { frozen: freeze }),
    ...(state.phase === 'running' && { run: state.run, kind: state.kind }),
    ...(state.phase === 'awaiting-approval' && { approval: state.approval, kind: state.kind }),
  };
}

/** The guards that the views show, each once. */
export function guardsOf(views: readonly GroupView[]): StatusAnswer['guards'] {
  const bySite = new Map(views.flatMap(({ guards }) => Object.entries(guards)));
  return [...bySite.values()].flatMap(({ record, leaseHeld }) => (record ? [{ record, leaseHeld }] : []));
}
