import { quarantinedIn } from '#libs/decision';
import type { GroupStatus, StatusAnswer } from '#libs/contracts';
import type { Instant } from '#libs/domain';
import type { Readiness } from '#libs/runtime';
import type { KnownGroup } from '../group/group-directory.js';
import type { GroupView } from '../group/group-view.js';

/** One line of the status, from the journal. */
export function groupStatusOf({ id, settings }: KnownGroup, view: GroupView, at: Instant): GroupStatus {
  const { state, epoch, leader, freeze } = view;
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
    names: namesOf(
      view,
      settings.shape.names.map(({ name }) => name),
    ),
    ...(view.hold !== undefined && { onHold: view.hold }),
    ...(freeze && freeze.until > at && { frozen: freeze }),
    ...liftsIn(view, at),
    ...(state.phase === 'running' && { run: state.run, kind: state.kind }),
    ...(state.phase === 'awaiting-approval' && { approval: state.approval, kind: state.kind }),
  };
}

/** Of the names that the group has now, not of those that it had. */
const namesOf = ({ names }: GroupView, known: readonly string[]): GroupStatus['names'] =>
  names
    .filter(({ value }) => known.includes(value.name))
    .map(({ value: { group: _group, news: _news, ...seen } }) => seen);

/** What people have lifted or attested, as long as it is in force. */
export const liftsIn = ({ overrides, attestations }: GroupView, at: Instant) => ({
  overrides: overrides.filter(({ until }) => until > at),
  attestations: attestations.filter(({ until }) => until > at),
});

/** The guards that the views show, each once. */
export function guardsOf(views: readonly GroupView[]): StatusAnswer['guards'] {
  const bySite = new Map(views.flatMap(({ guards }) => Object.entries(guards)));
  return [...bySite.values()].flatMap(({ record, leaseHeld }) => (record ? [{ record, leaseHeld }] : []));
}

/** Parts this process cannot reach now, in words. */
export const missingParts = (readiness: Readiness): readonly string[] =>
  Object.values(readiness.report().components).flatMap((component) =>
    component.state === 'missing' ? [component.reason] : [],
  );
