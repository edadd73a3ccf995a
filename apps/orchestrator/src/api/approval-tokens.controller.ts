import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { TokenBody, type ApprovalAnswer } from '#libs/contracts';
import { ApprovalTokens } from '../approval/approval-tokens.js';
import { bodyAs } from './request.js';
import { Needs } from './token.guard.js';

/** Works when no login does: the token says who signed it. */
@Controller('v1/approval-tokens')
export class ApprovalTokensController {
  constructor(private readonly tokens: ApprovalTokens) {}

  @Post()
  @HttpCode(200)
  @Needs('signature')
  take(@Body() body: unknown): Promise<ApprovalAnswer> {
    return this.tokens.take(bodyAs(TokenBody, body).token);
  }
}
