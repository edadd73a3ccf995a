import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import {
  RescueBody,
  RescueQuery,
  SurveyBody,
  type RescueAnswer,
  type RescueFindings,
  type SurveyAnswer,
} from '#libs/contracts';
import { isSettled, runId, type StepRecord } from '#libs/domain';
import { Journal } from '#libs/journal';
import { GroupDirectory, type KnownGroup } from '../group/group-directory.js';
import { commands } from '../operation/commands.js';
import { Operations } from '../operation/operations.js';
import { knownSite } from '../operation/refusals.js';
import { findingsOfSurvey, rescue } from '../operation/rescue.js';
import { survey } from '../operation/survey.js';
import { ApiError } from './api-error.js';
import { bodyAs, knownGroup, queryAs } from './request.js';
import { readRun } from './run-record.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

/** For the day on which the journal is not to be believed: read the resources, compare, and begin anew from them. */
@Controller('v1/groups/:group')
export class RescueController {
  constructor(
    private readonly directory: GroupDirectory,
    private readonly operations: Operations,
    private readonly journal: Journal,
  ) {}

  @Post('survey')
  @Needs('administer')
  survey(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() { asked }: AuthenticatedRequest,
  ): Promise<SurveyAnswer> {
    const group = knownGroup(this.directory, id);
    return this.operations.perform(group, asked, survey(bodyAs(SurveyBody, body)), { isAllowedOnHold: true });
  }

  @Get('rescue')
  @Needs('read')
  async findings(@Param('group') id: string, @Query() query: unknown): Promise<RescueFindings> {
    const group = knownGroup(this.directory, id);
    const { survey: run, active: named } = queryAs(RescueQuery, query);
    const active = knownSite(group, named);
    const records = await this.surveyed(group, run);
    const view = await group.reader.read();
    const { assessment, hash } = findingsOfSurvey(group, view, records, active);
    const { next: nextEpoch, isBehind, ...found } = assessment;
    const pending = records.filter(({ status }) => !isSettled(status)).map(({ name }) => name);
    const confirm = commands.rescueNow(group.id, active, run, hash);
    return {
      group: group.id,
      survey: runId(run),
      epoch: view.epoch,
      pending,
      ...found,
      nextEpoch,
      hash,
      next: [confirm, commands.rescue(group.id, active)],
    };
  }

  @Post('rescue')
  @Needs('administer')
  async rescue(
    @Param('group') id: string,
    @Body() given: unknown,
    @Req() { asked }: AuthenticatedRequest,
  ): Promise<RescueAnswer> {
    const group = knownGroup(this.directory, id);
    const body = bodyAs(RescueBody, given);
    const records = await this.surveyed(group, body.survey);
    return this.operations.perform(group, asked, rescue(body, records), { isAllowedOnHold: true });
  }

  /** The readings of a survey of this group. @throws ApiError when it is no such thing */
  private async surveyed({ id }: KnownGroup, survey: string): Promise<readonly StepRecord[]> {
    const { run, steps } = await readRun(this.journal, survey);
    if (run.plan.kind === 'survey' && run.plan.group === id) return steps;
    const message = `${survey} is no survey of ${id}.`;
    throw new ApiError(404, 'SB_UNKNOWN_RUN', message, `Ask for one: ${commands.rescue(id, '<site>')}`);
  }
}
