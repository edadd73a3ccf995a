import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { AnswerBody, ApprovalWire, decodeOrThrow } from '#libs/contracts';
import type { Approval } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { Clock } from '#libs/runtime';
import { GroupDirectory } from '../group/group-directory.js';
import { ApiError } from './api-error.js';
import { OperatorActions } from './operator-actions.js';
import { bodyAs, knownGroup } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

const PHASES = { approve: 'approved', deny: 'denied' } as const;

@Controller('v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly journal: Journal,
    private readonly directory: GroupDirectory,
    private readonly actions: OperatorActions,
    private readonly clock: Clock,
  ) {}

  /** Latest first, open and answered. */
  @Get()
  @Needs('read')
  async approvals(): Promise<readonly Approval[]> {
    const { entries } = await this.journal.read(keys.approvals());
    const approvals = entries.map(({ key, value }) => decodeOrThrow(ApprovalWire, value, key));
    return approvals.toSorted((a, b) => b.requestedAt - a.requestedAt);
  }

  @Post(':approval/approve')
  @HttpCode(200)
  @Needs('approve')
  approve(@Param('approval') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.answer(id, 'approve', bodyAs(AnswerBody, body), request);
  }

  @Post(':approval/deny')
  @HttpCode(200)
  @Needs('approve')
  deny(@Param('approval') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.answer(id, 'deny', bodyAs(AnswerBody, body), request);
  }

  private async answer(
    id: string,
    verb: 'approve' | 'deny',
    { reason, planHash }: AnswerBody,
    { caller }: AuthenticatedRequest,
  ): Promise<Approval> {
    const approval = (await this.approvals()).find((each) => each.id === id);
    if (!approval) {
      const remedy = 'See which are open: signalbox status';
      throw new ApiError(404, 'SB_UNKNOWN_APPROVAL', `There is no approval ${id}.`, remedy);
    }
    const phase = PHASES[verb];
    if (approval.phase === phase && approval.decidedBy === caller.name) return approval;
    if (approval.phase !== 'open' || approval.expiresAt <= this.clock.now()) {
      const ended = approval.phase === 'open' ? 'expired' : approval.phase;
      const remedy = `Read what is asked now: signalbox explain ${approval.group}`;
      throw new ApiError(409, 'SB_APPROVAL_CLOSED', `Approval ${id} is ${ended} already.`, remedy);
    }
    if (planHash !== undefined && planHash !== approval.planHash) {
      const remedy = `Read the plan again: signalbox plan ${approval.group}`;
      throw new ApiError(409, 'SB_PLAN_CHANGED', `Approval ${id} asks for another plan than you read.`, remedy);
    }
    return this.actions.answer(knownGroup(this.directory, approval.group), approval, phase, reason, caller);
  }
}
