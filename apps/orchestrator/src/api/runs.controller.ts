import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ReasonBody, SkipBody, type RunAnswer, type RunChangeAnswer } from '#libs/contracts';
import { runId, type Run } from '#libs/domain';
import { Journal } from '#libs/journal';
import { GroupDirectory } from '../group/group-directory.js';
import { abortRun } from '../operation/abort.js';
import { retryRun, skip } from '../operation/intervene.js';
import type { Operation } from '../operation/operation.js';
import { Operations } from '../operation/operations.js';
import { bodyAs, knownGroup } from './request.js';
import { readRun, readRuns } from './run-record.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly journal: Journal,
    private readonly directory: GroupDirectory,
    private readonly operations: Operations,
  ) {}

  /** Latest first. */
  @Get()
  @Needs('read')
  runs(): Promise<readonly Run[]> {
    return readRuns(this.journal);
  }

  @Get(':run')
  @Needs('read')
  run(@Param('run') id: string): Promise<RunAnswer> {
    return readRun(this.journal, id);
  }

  @Post(':run/abort')
  @HttpCode(200)
  @Needs('operate')
  abort(@Param('run') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.perform(id, request, abortRun(bodyAs(ReasonBody, body), runId(id)));
  }

  @Post(':run/retry')
  @HttpCode(200)
  @Needs('operate')
  retry(@Param('run') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.perform(id, request, retryRun(runId(id), bodyAs(ReasonBody, body)));
  }

  @Post(':run/skip')
  @HttpCode(200)
  @Needs('operate')
  skip(@Param('run') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest) {
    return this.perform(id, request, skip(runId(id), bodyAs(SkipBody, body)));
  }

  private async perform(
    id: string,
    { asked }: AuthenticatedRequest,
    operation: Operation<RunChangeAnswer>,
  ): Promise<RunChangeAnswer> {
    const { run } = await this.run(id);
    return this.operations.perform(knownGroup(this.directory, run.plan.group), asked, operation);
  }
}
