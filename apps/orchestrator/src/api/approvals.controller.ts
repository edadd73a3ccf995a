import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { AnswerBody, GivenAnswerBody, ReasonBody, ReviewBody, type ApprovalAnswer } from '#libs/contracts';
import type { AnswerDecision, Approval } from '#libs/domain';
import { closed } from '../approval/answer-refusals.js';
import { Approvals, type AnswerGiven } from '../approval/approvals.js';
import { principalOfCaller } from '../approval/principal.js';
import { ThisProcess } from '../this-process.js';
import { bodyAs } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

@Controller('v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly self: ThisProcess,
    private readonly approvals: Approvals,
  ) {}

  /** Latest first, open and answered. */
  @Get()
  @Needs('read')
  all(): Promise<readonly Approval[]> {
    return this.approvals.all();
  }

  @Post(':approval/approve')
  @HttpCode(200)
  @Needs('approve')
  approve(@Param('approval') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.decide(id, 'grant', body, request);
  }

  @Post(':approval/deny')
  @HttpCode(200)
  @Needs('approve')
  deny(@Param('approval') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.decide(id, 'deny', body, request);
  }

  @Post(':approval/answers')
  @HttpCode(200)
  @Needs('approve')
  answer(@Param('approval') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    const { reason, planHash, breakGlass, decision, channel } = bodyAs(GivenAnswerBody, body);
    return this.give(request, { approval: id, decision, channel, ...optional({ reason, planHash, breakGlass }) });
  }

  @Post(':approval/cancel')
  @HttpCode(200)
  @Needs('operate')
  cancel(@Param('approval') id: string, @Body() body: unknown, @Req() { asked }: AuthenticatedRequest) {
    return this.approvals.cancel(id, bodyAs(ReasonBody, body), asked);
  }

  @Post(':approval/review')
  @HttpCode(200)
  @Needs('approve')
  review(@Param('approval') id: string, @Body() body: unknown, @Req() { asked }: AuthenticatedRequest) {
    return this.approvals.review(id, bodyAs(ReviewBody, body), asked);
  }

  /** Whoever decides wants to know that something else was first: that is an error here. */
  private async decide(
    id: string,
    decision: AnswerDecision,
    body: unknown,
    request: AuthenticatedRequest,
  ): Promise<ApprovalAnswer> {
    const { reason, planHash } = bodyAs(AnswerBody, body);
    const answer = await this.give(request, {
      approval: id,
      decision,
      channel: 'api',
      ...optional({ reason, planHash }),
    });
    if (answer.outcome === 'already-decided') throw closed(answer);
    return answer;
  }

  private give({ caller, asked }: AuthenticatedRequest, given: Omit<AnswerGiven, 'principal' | 'identity'>) {
    const principal = principalOfCaller(this.self.topology, caller);
    const { identity } = asked;
    return this.approvals.answer({ ...given, principal, ...(identity && { identity }) });
  }
}

type Optional = { readonly [K in 'reason' | 'planHash' | 'breakGlass']?: AnswerGiven[K] | undefined };

/** Without what was not given. */
const optional = ({ reason, planHash, breakGlass }: Optional) => ({
  ...(reason !== undefined && { reason }),
  ...(planHash !== undefined && { planHash }),
  ...(breakGlass !== undefined && { breakGlass }),
});
