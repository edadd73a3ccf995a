import { Injectable } from '@nestjs/common';
import { ApprovalWire, decodeOrThrow, type ApprovalAnswer, type ReasonBody, type ReviewBody } from '#libs/contracts';
import { takeAnswer, type GivenAnswer } from '#libs/decision';
import { approvalId, type AnswerDecision, type Approval, type Json } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { Clock } from '#libs/runtime';
import { findGroup, approvalRulesOf } from '#libs/topology';
import type { Caller } from '../api/access.js';
import { ApiError } from '../api/api-error.js';
import { SiteAudit } from '../audit/site-audit.js';
import { GroupDirectory, type KnownGroup } from '../group/group-directory.js';
import type { Held } from '../group/group-view.js';
import type { Asked, RequestIdentity } from '../operation/asked.js';
import { Operations } from '../operation/operations.js';
import { ThisProcess } from '../this-process.js';
import { answerApproval, answerOf } from './answer-approval.js';
import { cancelApproval } from './cancel-approval.js';
import { AnswerOvertaken, codeOf, otherGroup, refusalText } from './answer-refusals.js';
import { OneAtATime } from './one-at-a-time.js';
import { reviewApproval } from './review-approval.js';
import type { Principal } from './principal.js';

/** Somebody's answer, by whatever channel it came. */
export interface AnswerGiven {
  readonly approval: string;
  /** The group that it must be of, where the answer names one. */
  readonly inGroup?: string;
  readonly decision: AnswerDecision;
  readonly principal: Principal;
  /** `api`, `cli`, `slack`, `offline`, …: stands in the record and in the audit. */
  readonly channel: string;
  readonly reason?: string;
  /** Binds the answer to the plan that was read. */
  readonly planHash?: string;
  /** Decides alone: with a reason, by few, and owing a review. */
  readonly breakGlass?: boolean;
  /** SHA-256 of the token that it was signed in. */
  readonly tokenHash?: string;
  /** What the channel knows of it, for the audit: a message, a key. */
  readonly details?: Readonly<Record<string, string>>;
  /** Of the request it came with. */
  readonly identity?: RequestIdentity;
}

/** More than can write to a group between two looks of its own. */
const ATTEMPTS = 50;

/**
 * Where every answer of a person ends up, by whatever channel: it counts once, the first terminal one wins, and each of
 * them stands in the audit, also those that do not count. At any orchestrator, leader or not.
 */
@Injectable()
export class Approvals {
  private readonly line = new OneAtATime();

  constructor(
    private readonly self: ThisProcess,
    private readonly journal: Journal,
    private readonly directory: GroupDirectory,
    private readonly operations: Operations,
    private readonly audit: SiteAudit,
    private readonly clock: Clock,
  ) {}

  /** Latest first, whatever came of them. @throws UnavailableError */
  async all(): Promise<readonly Approval[]> {
    const { entries } = await this.journal.read(keys.approvals());
    const approvals = entries.map(({ key, value }) => decodeOrThrow(ApprovalWire, value, key));
    return approvals.toSorted((a, b) => b.requestedAt - a.requestedAt);
  }

  /**
   * Counts it, or says that something else was first.
   * @throws ApiError when it is refused; UnavailableError and OutcomeUnknownError when the journal does not answer: the
   * same answer may be given again, and counts once.
   */
  async answer(given: AnswerGiven): Promise<ApprovalAnswer> {
    try {
      // One after the other: a thousand that come at once would only be in each other's way.
      const answer = await this.line.run(given.approval, () => this.take(given));
      this.note(given, { outcome: answer.outcome, phase: answer.phase });
      return answer;
    } catch (error) {
      if (error instanceof ApiError) this.note(given, { outcome: 'refused', because: codeOf(error) });
      throw error;
    }
  }

  /** Takes back what the same person asked for. @throws ApiError */
  async cancel(id: string, { reason }: ReasonBody, asked: Asked): Promise<ApprovalAnswer> {
    const { value } = await this.find(id);
    return this.operations.perform(this.groupOf(value), asked, cancelApproval(value, reason));
  }

  /** Closes what is owed after somebody decided alone. @throws ApiError */
  async review(id: string, body: ReviewBody, asked: Asked): Promise<ApprovalAnswer> {
    const { value, entry } = await this.find(id);
    return this.operations.perform(this.groupOf(value), asked, reviewApproval(value, entry, body));
  }

  /** @throws ApiError 404 */
  private async find(id: string): Promise<Held<Approval>> {
    const key = keys.approval(approvalId(id));
    const entry = (await this.journal.read(key)).entries.find((each) => each.key === key);
    if (entry) return { value: decodeOrThrow(ApprovalWire, entry.value, key), entry };
    const remedy = 'See which are open: signalbox approvals';
    throw new ApiError(404, 'SB_UNKNOWN_APPROVAL', `There is no approval ${id}.`, remedy);
  }

  private async take(given: AnswerGiven): Promise<ApprovalAnswer> {
    for (let attempt = 0; ; attempt++) {
      const { value: approval } = await this.find(given.approval);
      if (given.inGroup !== undefined && given.inGroup !== approval.group) throw otherGroup(approval);
      const group = this.groupOf(approval);
      const answer = this.givenAnswer(given, group);
      const taken = takeAnswer(approval, answer, this.clock.now());
      if (taken.outcome === 'refused') throw refusalText(taken.because, approval, answer.by);
      if (taken.outcome === 'already-decided' || taken.isRepeat) return answerOf(taken);
      try {
        return await this.write(group, approval, answer, given);
      } catch (error) {
        if (!(error instanceof AnswerOvertaken) || attempt > 0) throw error;
      }
    }
  }

  private write(group: KnownGroup, approval: Approval, answer: GivenAnswer, { principal, identity }: AnswerGiven) {
    // Whether they may is for the approval to say: it knows whom it asks.
    const caller: Caller = { name: principal.name, grants: [{ role: 'approver' }] };
    const asked: Asked = { caller, permission: 'approve', ...(identity && { identity }) };
    return this.operations.perform(group, asked, answerApproval(approval, answer), { attempts: ATTEMPTS });
  }

  private givenAnswer(given: AnswerGiven, { id }: KnownGroup): GivenAnswer {
    const { decision, principal, channel, reason, planHash, breakGlass, tokenHash } = given;
    const { name, memberOf } = principal;
    const rules = approvalRulesOf(this.self.topology, findGroup(this.self.topology, id));
    const isAllowed = principal.isAdmin(id) || memberOf.some((group) => rules.breakGlass.includes(group));
    return {
      decision,
      by: name,
      mayApprove: principal.mayApprove(id),
      memberOf,
      channel,
      ...(reason !== undefined && { reason }),
      ...(planHash !== undefined && { planHash }),
      ...(breakGlass && { breakGlass: { isAllowed } }),
      ...(tokenHash !== undefined && { tokenHash }),
    };
  }

  /** @throws ApiError 404 */
  private groupOf({ id, group }: Approval): KnownGroup {
    const known = this.directory.find(group);
    if (known) return known;
    const message = `Approval ${id} is of group ${group}, which signalbox.yaml does not have any more.`;
    throw new ApiError(404, 'SB_UNKNOWN_GROUP', message, 'Nothing can be approved for it.');
  }

  /** Never left out, however many come. */
  private note(given: AnswerGiven, came: Readonly<Record<string, Json>>): void {
    const { approval, decision, principal, channel, reason, planHash, breakGlass, details } = given;
    this.audit.keep({
      actor: { kind: 'person', id: principal.name },
      rule: 'approval-answered',
      evidence: {
        approval,
        decision,
        channel,
        reason: reason ?? null,
        ...(planHash !== undefined && { planHash }),
        ...(breakGlass && { breakGlass }),
        ...(details && { details }),
        ...came,
      },
    });
  }
}
