import { Injectable } from '@nestjs/common';
import { OutcomeUnknownError, type Json } from '#libs/domain';
import { Journal, type LeaseId } from '#libs/journal';
import { Clock, Random } from '#libs/runtime';
import { may } from '../api/access.js';
import { ApiError } from '../api/api-error.js';
import { forbidden } from '../api/forbidden.js';
import { freshIds } from '../group/decision-record.js';
import { evidenceOf } from '../group/evidence.js';
import type { KnownGroup } from '../group/group-directory.js';
import { GroupTransaction } from '../group/group-transaction.js';
import type { GroupView } from '../group/group-view.js';
import { ThisProcess } from '../this-process.js';
import type { Asked } from './asked.js';
import { KeptAnswers } from './kept-answers.js';
import { assertNotOnHold } from './refusals.js';
import type { Occasion, OnHold, Operation } from './operation.js';

/** How often an operation is tried again because something else was written in the meantime. */
const ATTEMPTS = 5;
/** How long an idempotency key is remembered. */
const KEPT_MS = 24 * 3_600_000;

/** Does what people ask: each time one transaction with its audit entry, at any orchestrator, leader or not. */
@Injectable()
export class Operations {
  constructor(
    private readonly self: ThisProcess,
    private readonly journal: Journal,
    private readonly kept: KeptAnswers,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** @throws ApiError when it is refused. */
  async perform<T extends object>(
    group: KnownGroup,
    asked: Asked,
    operation: Operation<T>,
    { isAllowedOnHold = false, attempts = ATTEMPTS }: OnHold = {},
  ): Promise<T> {
    const who = asked.inNameOf ?? asked.caller;
    if (!may(who, asked.permission, group.id)) throw forbidden(who, asked.permission, group.id);
    let lease: LeaseId | undefined;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const occasion = this.occasion(group, await group.reader.read(), asked);
      if (!isAllowedOnHold) assertNotOnHold(occasion);
      const { answer, write, refusal } = operation(occasion);
      if (!write) return answer;
      const transaction = new GroupTransaction(occasion.view);
      write(transaction);
      if (asked.identity && !refusal) {
        lease ??= await this.journal.grantLease(KEPT_MS);
        const { key, ...identity } = asked.identity;
        const answered = { caller: asked.caller.name, ...identity, answer: answer as unknown as Json };
        transaction.answered(key, answered, lease);
      }
      const committed = await this.commit(transaction, asked);
      if (committed && refusal) throw refusal;
      if (committed) return answer;
      const kept = await this.kept.find(asked);
      if (kept) return kept.answer as T;
    }
    const remedy = 'Try again.';
    throw new ApiError(409, 'SB_CONTENTION', 'Something else was written to this group each time.', remedy);
  }

  /** False when it was not committed, or when nobody can say: then the key tells whether it was. */
  private async commit(transaction: GroupTransaction, { identity }: Asked): Promise<boolean> {
    try {
      return (await transaction.commit(this.journal)).committed;
    } catch (error) {
      if (identity && error instanceof OutcomeUnknownError) return false;
      throw error;
    }
  }

  private occasion(group: KnownGroup, view: GroupView, { inNameOf, caller: sender, requestId }: Asked): Occasion {
    const caller = inNameOf ?? sender;
    const at = this.clock.now();
    const evidence = evidenceOf(view, this.self.voters, group.settings);
    const fresh = freshIds(at, this.random);
    return { group, view, evidence, fresh, caller, at, ...(requestId !== undefined && { requestId }) };
  }
}
