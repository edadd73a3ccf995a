import { approvalAfter } from '#libs/decision';
import type { Actor, Instant } from '#libs/domain';
import { GroupTransaction } from '../group/group-transaction.js';
import type { GroupView } from '../group/group-view.js';

/** Writes down that nobody has decided and that it is time to tell more people: the notifiers read it in the chain. */
export function escalationOf(
  view: GroupView,
  leader: { readonly name: string; readonly actor: Actor },
  at: Instant,
): GroupTransaction | undefined {
  const { approval, state } = view;
  if (!approval) return undefined;
  const { id, escalatesAt, answers, required, approvers, expiresAt } = approval.value;
  const toCome = escalatesAt.filter((when) => when > at);
  const after = approvalAfter('escalate', approval.value);
  if (!after || toCome.length === escalatesAt.length) return undefined;
  return new GroupTransaction(view)
    .asLeader(leader.name)
    .whileUnchanged(approval.entry)
    .approval({ ...approval.value, escalatesAt: toCome })
    .audit({
      at,
      actor: leader.actor,
      rule: after.rule,
      before: state.phase,
      after: state.phase,
      epoch: view.epoch,
      evidence: {
        approval: id,
        agreed: answers.map(({ by }) => by),
        required,
        approvers: [...approvers],
        expiresAt,
        toCome: [...toCome],
      },
    });
}
