import type { Actor, Instant } from '#libs/domain';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/**
 * Says which guard enforces an epoch that the journal never gave out; undefined when none does. An epoch is in the
 * journal before anybody can stamp it, and the guard's word comes later still: at one revision this is no race.
 */
export function behindGuards({ group, epoch, guards }: GroupView): string | undefined {
  const ahead = Object.entries(guards).flatMap(([site, { record }]) => {
    const stamped = record?.enforced[group]?.epoch ?? 0;
    return stamped > epoch ? [`write access at ${site} carries epoch ${stamped}`] : [];
  });
  return ahead.length > 0 ? `${ahead.join(', ')}, and the journal is at ${epoch}` : undefined;
}

/**
 * The journal is behind the resources, as after a restore, or after a plan that was executed by hand: whatever it says
 * may be out of date. Nothing is decided or done any more until `signalbox rescue`.
 */
export const putOnHold = (
  view: GroupView,
  leader: { readonly name: string; readonly actor: Actor },
  reason: string,
  at: Instant,
): GroupTransaction =>
  new GroupTransaction(view)
    .asLeader(leader.name)
    .hold(`the journal is behind the resources: ${reason}`)
    .audit({
      at,
      actor: leader.actor,
      rule: 'journal-behind-resources',
      before: view.state.phase,
      after: view.state.phase,
      epoch: view.epoch,
      evidence: { reason, run: view.run?.value.id ?? null },
    });
