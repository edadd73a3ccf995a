import { Injectable } from '@nestjs/common';
import { type FreezeBody } from '#libs/contracts';
import type { Freeze } from '#libs/decision';
import type { Approval, Instant, Json } from '#libs/domain';
import { Journal } from '#libs/journal';
import { Clock } from '#libs/runtime';
import type { KnownGroup } from '../group/group-directory.js';
import { GroupTransaction } from '../group/group-transaction.js';
import type { GroupView } from '../group/group-view.js';
import type { Caller } from './access.js';
import { ApiError } from './api-error.js';

/** How often an action is tried again because something else was written in the meantime. */
const ATTEMPTS = 5;

/** What people do to a group: each one transaction with its audit entry, at any orchestrator, leader or not. */
@Injectable()
export class OperatorActions {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  async freeze(group: KnownGroup, { reason, forMs }: FreezeBody, caller: Caller): Promise<Freeze> {
    const until = (this.clock.now() + forMs) as Instant;
    const freeze: Freeze = { by: caller.name, reason, until };
    await this.write(group, caller, 'freeze', { ...freeze }, (transaction) => transaction.freeze(freeze));
    return freeze;
  }

  async unfreeze(group: KnownGroup, reason: string, caller: Caller): Promise<void> {
    await this.write(group, caller, 'unfreeze', { reason }, (transaction) => transaction.freeze(undefined));
  }

  /** The first terminal answer wins; the same answer again is the same answer. */
  async answer(
    group: KnownGroup,
    approval: Approval,
    phase: 'approved' | 'denied',
    reason: string | undefined,
    caller: Caller,
  ): Promise<Approval> {
    const answered: Approval = {
      ...approval,
      phase,
      decidedBy: caller.name,
      decidedAt: this.clock.now(),
      ...(reason && { reason }),
    };
    const evidence: Json = { approval: approval.id, planHash: approval.planHash, reason: reason ?? null };
    await this.write(group, caller, `approval-${phase}`, evidence, (transaction, view) => {
      const open = view.approval;
      if (open?.value.id !== approval.id || open.value.phase !== 'open') {
        const remedy = `Read what is asked now: signalbox explain ${approval.group}`;
        throw new ApiError(409, 'SB_APPROVAL_CLOSED', `Approval ${approval.id} is no longer open.`, remedy);
      }
      transaction.whileUnchanged(open.entry).approval(answered);
    });
    return answered;
  }

  private async write(
    group: KnownGroup,
    caller: Caller,
    rule: string,
    evidence: Json,
    change: (transaction: GroupTransaction, view: GroupView) => void,
  ): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const view = await group.reader.read();
      const transaction = new GroupTransaction(view);
      change(transaction, view);
      const phase = view.state.phase;
      const actor = { kind: 'person', id: caller.name } as const;
      transaction.audit({
        at: this.clock.now(),
        actor,
        rule,
        before: phase,
        after: phase,
        epoch: view.epoch,
        evidence,
      });
      const outcome = await this.journal.commit(transaction.build());
      if (outcome.committed) return;
    }
    const remedy = 'Try again.';
    throw new ApiError(409, 'SB_CONTENTION', 'Something else was written to this group each time.', remedy);
  }
}
