import type { Clock } from '#libs/runtime';
import type { Leader } from './evaluation.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/** Takes what dns-switchers found out about names without a step into the audit chain, one by one. */
export class NameNotes {
  constructor(private readonly clock: Clock) {}

  /** The transaction of the next note; undefined when there is none. */
  next(view: GroupView, leader: Leader): GroupTransaction | undefined {
    const held = view.names.find(({ value }) => value.news.length > 0);
    const [first] = held?.value.news ?? [];
    if (!held || !first) return undefined;
    const { name, site, by } = held.value;
    const { phase } = view.state;
    return new GroupTransaction(view)
      .asLeader(leader.name)
      .toldOfName(held)
      .audit({
        at: this.clock.now(),
        actor: leader.actor,
        rule: first.rule,
        before: phase,
        after: phase,
        epoch: view.epoch,
        evidence: { name, site, by, seenAt: first.at, reason: first.says, seen: first.evidence },
      });
  }
}
