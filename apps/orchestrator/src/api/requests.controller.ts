import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  FreezeBody,
  OverrideBody,
  ReasonBody,
  RequestBody,
  SiteBody,
  type AttestAnswer,
  type OverrideAnswer,
  type ReleaseAnswer,
  type RequestAnswer,
  type RunChangeAnswer,
} from '#libs/contracts';
import type { Freeze } from '#libs/decision';
import { GroupDirectory } from '../group/group-directory.js';
import { abortRun } from '../operation/abort.js';
import { attest } from '../operation/attest.js';
import { freeze, unfreeze } from '../operation/freeze.js';
import { requestMove } from '../operation/move-request.js';
import type { Operation } from '../operation/operation.js';
import { Operations } from '../operation/operations.js';
import { override } from '../operation/override.js';
import { release } from '../operation/release.js';
import { bodyAs, knownGroup } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

/** What people do to a group. */
@Controller('v1/groups/:group')
export class RequestsController {
  constructor(
    private readonly directory: GroupDirectory,
    private readonly operations: Operations,
  ) {}

  @Post('requests')
  @HttpCode(200)
  @Needs('operate')
  ask(@Param('group') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest): Promise<RequestAnswer> {
    return this.perform(id, request, requestMove(bodyAs(RequestBody, body)));
  }

  @Post('abort')
  @HttpCode(200)
  @Needs('operate')
  abort(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() request: AuthenticatedRequest,
  ): Promise<RunChangeAnswer> {
    return this.perform(id, request, abortRun(bodyAs(ReasonBody, body)));
  }

  @Post('override')
  @HttpCode(200)
  @Needs('operate')
  override(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() request: AuthenticatedRequest,
  ): Promise<OverrideAnswer> {
    return this.perform(id, request, override(bodyAs(OverrideBody, body)));
  }

  @Post('attest')
  @HttpCode(200)
  @Needs('approve')
  attest(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() request: AuthenticatedRequest,
  ): Promise<AttestAnswer> {
    return this.perform(id, request, attest(bodyAs(SiteBody, body)));
  }

  @Post('release')
  @HttpCode(200)
  @Needs('administer')
  release(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() request: AuthenticatedRequest,
  ): Promise<ReleaseAnswer> {
    return this.perform(id, request, release(bodyAs(SiteBody, body)));
  }

  @Post('freeze')
  @Needs('operate')
  freeze(@Param('group') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest): Promise<Freeze> {
    return this.perform(id, request, freeze(bodyAs(FreezeBody, body)));
  }

  @Post('unfreeze')
  @Needs('operate')
  unfreeze(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() request: AuthenticatedRequest,
  ): Promise<{ readonly frozen: false }> {
    return this.perform(id, request, unfreeze(bodyAs(ReasonBody, body)));
  }

  private perform<T extends object>(id: string, { asked }: AuthenticatedRequest, operation: Operation<T>): Promise<T> {
    return this.operations.perform(knownGroup(this.directory, id), asked, operation);
  }
}
