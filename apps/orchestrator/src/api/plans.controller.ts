import { Controller, Get, Param, Query } from '@nestjs/common';
import { PlanQuery, type PlanAnswer } from '#libs/contracts';
import { Clock } from '#libs/runtime';
import { GroupDirectory, type KnownGroup } from '../group/group-directory.js';
import { commands } from '../operation/commands.js';
import { knownSite } from '../operation/refusals.js';
import { ThisProcess } from '../this-process.js';
import { dryRun, type DryRun } from '../view/explanation.js';
import { ApiError } from './api-error.js';
import { knownGroup, queryAs } from './request.js';
import { Needs } from './token.guard.js';

/** What would be done, before it is. */
@Controller('v1/groups/:group')
export class PlansController {
  constructor(
    private readonly self: ThisProcess,
    private readonly directory: GroupDirectory,
    private readonly clock: Clock,
  ) {}

  @Get('plan')
  @Needs('read')
  async plan(@Param('group') id: string, @Query() query: unknown): Promise<PlanAnswer> {
    const group = knownGroup(this.directory, id);
    return this.dryRun(group, queryAs(PlanQuery, query));
  }

  private async dryRun(group: KnownGroup, { kind, to }: PlanQuery): Promise<PlanAnswer> {
    const site = to === undefined ? undefined : knownSite(group, to);
    const asked = { group, view: await group.reader.read(), voters: this.self.voters, at: this.clock.now() };
    const { planned, vetoes, target } = dryRun(asked, kind, site);
    if (planned) return { ...planned, vetoes };
    throw noPlan(group, kind, target, vetoes);
  }
}

function noPlan(
  { id }: KnownGroup,
  kind: PlanQuery['kind'],
  target: DryRun['target'],
  vetoes: DryRun['vetoes'],
): ApiError {
  if (target === undefined && kind !== 'reprotect') {
    const remedy = `See which sites are quarantined: ${commands.explain(id)}`;
    return new ApiError(409, 'SB_NO_TARGET', `No site of ${id} could take over.`, remedy, vetoes);
  }
  const message = `No ${kind} of ${id} can be planned: ${vetoes.map((veto) => veto.message).join('; ')}.`;
  return new ApiError(409, 'SB_REQUEST_REFUSED', message, `See how the group stands: ${commands.explain(id)}`, vetoes);
}
