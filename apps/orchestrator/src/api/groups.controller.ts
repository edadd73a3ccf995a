import { Body, Controller, Get, Header, Param, Post, Req } from '@nestjs/common';
import { exportChain } from '#libs/audit';
import {
  AuditEntryWire,
  decodeOrThrow,
  FreezeBody,
  ReasonBody,
  type ExplainAnswer,
  type PlanAnswer,
} from '#libs/contracts';
import type { Freeze } from '#libs/decision';
import type { AuditEntry, GroupId } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { Clock } from '#libs/runtime';
import { GroupDirectory, type KnownGroup } from '../group/group-directory.js';
import { ThisProcess } from '../this-process.js';
import { dryRun, explain } from '../view/explanation.js';
import { ApiError } from './api-error.js';
import { OperatorActions } from './operator-actions.js';
import { bodyAs, knownGroup } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

/** How many of the latest decisions an explanation shows. */
const LATEST_DECISIONS = 20;

@Controller('v1/groups/:group')
export class GroupsController {
  constructor(
    private readonly self: ThisProcess,
    private readonly directory: GroupDirectory,
    private readonly journal: Journal,
    private readonly actions: OperatorActions,
    private readonly clock: Clock,
  ) {}

  @Get('explain')
  @Needs('read')
  async explain(@Param('group') id: string): Promise<ExplainAnswer> {
    const group = knownGroup(this.directory, id);
    const decisions = (await this.entriesOf(group.id)).toReversed().slice(0, LATEST_DECISIONS);
    return { ...explain(await this.asked(group), decisions), recorded: true };
  }

  @Get('plan')
  @Needs('read')
  async plan(@Param('group') id: string): Promise<PlanAnswer> {
    const plan = dryRun(await this.asked(knownGroup(this.directory, id)));
    if (plan) return plan;
    const remedy = `See which sites are quarantined: signalbox explain ${id}`;
    throw new ApiError(409, 'SB_NO_TARGET', `No site of ${id} could take over.`, remedy);
  }

  @Post('freeze')
  @Needs('operate')
  freeze(@Param('group') id: string, @Body() body: unknown, @Req() request: AuthenticatedRequest): Promise<Freeze> {
    return this.actions.freeze(knownGroup(this.directory, id), bodyAs(FreezeBody, body), request.caller);
  }

  @Post('unfreeze')
  @Needs('operate')
  async unfreeze(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() request: AuthenticatedRequest,
  ): Promise<{ frozen: false }> {
    await this.actions.unfreeze(knownGroup(this.directory, id), bodyAs(ReasonBody, body).reason, request.caller);
    return { frozen: false };
  }

  @Get('audit')
  @Needs('read')
  audit(@Param('group') id: string): Promise<readonly AuditEntry[]> {
    return this.entriesOf(knownGroup(this.directory, id).id);
  }

  @Get('audit/export')
  @Needs('read')
  @Header('content-type', 'application/x-ndjson')
  async export(@Param('group') id: string): Promise<string> {
    const { id: group } = knownGroup(this.directory, id);
    const { site, topologyHash, signingKey } = this.self;
    const origin = { exportedAt: this.clock.now(), exportedBy: site, topologyHash, key: signingKey };
    return exportChain(group, await this.entriesOf(group), origin);
  }

  private async asked(group: KnownGroup) {
    const { voters } = this.self;
    return { group, view: await group.reader.read(), voters, at: this.clock.now() };
  }

  private async entriesOf(group: GroupId): Promise<readonly AuditEntry[]> {
    const { entries } = await this.journal.read(keys.audit(group));
    return entries.map(({ key, value }) => decodeOrThrow(AuditEntryWire, value, key));
  }
}
