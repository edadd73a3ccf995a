import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { AnswerBody, ApprovalWire, decodeOrThrow, type ApprovalAnswer } from '#libs/contracts';
import type { Approval } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { GroupDirectory } from '../group/group-directory.js';
import { answerApproval } from '../operation/answer-approval.js';
import { Operations } from '../operation/operations.js';
import { AccessAudit } from './access-audit.js';
import { ApiError } from './api-error.js';
import { bodyAs, knownGroup } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

@Controller('v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly journal: Journal,
    private readonly directory: GroupDirectory,
    private readonly operations: Operations,
    private readonly audit: AccessAudit,
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
    return this.answer(id, 'approved', bodyAs(AnswerBody, body), request);
  }

  @Post(':approval/deny')
  @HttpCode(200)
  @Needs('approve')
  deny(@Param('approval') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.answer(id, 'denied', bodyAs(AnswerBody, body), request);
  }

  private async answer(
    id: string,
    phase: 'approved' | 'denied',
    body: AnswerBody,
    { asked }: AuthenticatedRequest,
  ): Promise<ApprovalAnswer> {
    const approval = (await this.approvals()).find((each) => each.id === id);
    if (!approval) {
      const remedy = 'See which are open: signalbox status';
      throw new ApiError(404, 'SB_UNKNOWN_APPROVAL', `There is no approval ${id}.`, remedy);
    }
    const group = knownGroup(this.directory, approval.group);
    const answer = await this.operations.perform(group, asked, answerApproval(approval, phase, body));
    this.audit.answered(asked.caller, approval.id, phase);
    return answer;
  }
}
