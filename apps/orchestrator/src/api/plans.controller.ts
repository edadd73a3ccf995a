import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  ForecastQuery,
  keyringOf,
  openFlowPositions,
  PlanQuery,
  signatureOf,
  type ForecastAnswer,
  type PlanAnswer,
  type PlanExportAnswer,
  type PreflightAnswer,
} from '#libs/contracts';
import { flowId, type FlowPositions } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { Clock, Readiness } from '#libs/runtime';
import { clusterOf, findFlow, findGroup, journalMajority, rtoSum } from '#libs/topology';
import { evidenceOf } from '../group/evidence.js';
import { GroupDirectory, type KnownGroup } from '../group/group-directory.js';
import { commands } from '../operation/commands.js';
import { knownSite } from '../operation/refusals.js';
import { ThisProcess } from '../this-process.js';
import { dryRun, prospectOf, type Asked, type DryRun } from '../view/explanation.js';
import { forecast } from '../view/forecast.js';
import { instructionsFor } from '../view/instructions.js';
import { preflight } from '../view/preflight.js';
import type { FencedSite } from '../view/preflight-fences.js';
import type { ReadiedFlow } from '../view/preflight-mirrors.js';
import { missingParts } from '../view/status.js';
import { ApiError } from './api-error.js';
import { knownGroup, queryAs } from './request.js';
import { readRuns } from './run-record.js';
import { Needs } from './token.guard.js';

/** What would be done, before it is. */
@Controller('v1/groups/:group')
export class PlansController {
  constructor(
    private readonly self: ThisProcess,
    private readonly directory: GroupDirectory,
    private readonly journal: Journal,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
  ) {}

  @Get('plan')
  @Needs('read')
  async plan(@Param('group') id: string, @Query() query: unknown): Promise<PlanAnswer> {
    const group = knownGroup(this.directory, id);
    return this.dryRun(group, queryAs(PlanQuery, query));
  }

  /** For the day when nothing of Signalbox is left: print it while all is well. */
  @Get('plan/export')
  @Needs('read')
  async export(@Param('group') id: string, @Query() query: unknown): Promise<PlanExportAnswer> {
    const group = knownGroup(this.directory, id);
    const { plan, planHash } = await this.dryRun(group, queryAs(PlanQuery, query));
    const { site, topology, signingKey } = this.self;
    const { epoch } = await group.reader.read();
    const unsigned = {
      format: 'signalbox.plan-export.v1',
      group: group.id,
      plan,
      planHash,
      madeAt: this.clock.now(),
      madeBy: site,
      epoch,
      instructions: instructionsFor(plan, topology, epoch),
      keyId: signingKey.keyId,
    } as const;
    return { ...unsigned, signature: signatureOf(unsigned, signingKey) };
  }

  @Get('preflight')
  @Needs('read')
  async preflight(@Param('group') id: string): Promise<PreflightAnswer> {
    return this.ready(await this.asked(knownGroup(this.directory, id)));
  }

  @Get('forecast')
  @Needs('read')
  async forecast(@Param('group') id: string, @Query() query: unknown): Promise<ForecastAnswer> {
    const group = knownGroup(this.directory, id);
    const { to } = queryAs(ForecastQuery, query);
    const [asked, runs] = await Promise.all([this.asked(group), readRuns(this.journal)]);
    const { target, vetoes } = dryRun(asked, 'failover', to === undefined ? undefined : knownSite(group, to));
    const { at, view, voters } = asked;
    const evidence = evidenceOf(view, voters, group.settings);
    const { checks } = await this.ready(asked);
    return forecast({ group, at, active: view.state.active, target, vetoes, evidence, checks, runs });
  }

  private async ready(asked: Asked): Promise<PreflightAnswer> {
    const evidence = evidenceOf(asked.view, asked.voters, asked.group.settings);
    const parts = missingParts(this.readiness);
    const { topology } = this.self;
    const most = journalMajority(topology);
    return preflight({
      prospect: prospectOf(asked, evidence),
      leader: asked.view.leader,
      voters: asked.voters,
      names: {
        names: asked.group.settings.shape.names.map(({ name }) => name),
        reports: asked.view.names.map(({ value }) => value),
        rto: (ttlSeconds) => rtoSum(topology, findGroup(topology, asked.group.id), ttlSeconds),
      },
      ...(most && { journalMajority: most }),
      fences: this.fences(asked),
      mirrors: this.mirrors(asked),
      positions: await this.positions(asked),
      reasserted: asked.view.reasserted.map(({ value }) => value),
      missing: { members: this.journal.missing(), parts },
    });
  }

  private fences({ group: { id } }: Asked): readonly FencedSite[] {
    const group = findGroup(this.self.topology, id);
    return group.sites.map((site) => {
      const { id: cluster, writeFence } = clusterOf(this.self.topology, group, site);
      return { site, cluster, by: writeFence?.by ?? 'acl' };
    });
  }

  private mirrors({ group }: Asked): readonly ReadiedFlow[] {
    return group.settings.shape.flows.map((between) => ({
      ...findFlow(this.self.topology, flowId(between.id)),
      ...between,
      id: flowId(between.id),
    }));
  }

  private async positions({ group }: Asked): Promise<readonly FlowPositions[]> {
    const flows = group.settings.shape.flows.map(({ id }) => keys.positionsOf(flowId(id)));
    const { entries } = flows.length > 0 ? await this.journal.read(...flows) : { entries: [] };
    const keyring = keyringOf(this.self.topology);
    const opened = entries.map(({ key, value }) => openFlowPositions(value, keyring, key));
    return opened.flatMap((one) => (one.ok ? [one.value] : []));
  }

  private async dryRun(group: KnownGroup, { kind, to, as }: PlanQuery): Promise<PlanAnswer> {
    const site = to === undefined ? undefined : knownSite(group, to);
    const { planned, vetoes, target } = dryRun(await this.asked(group), kind, site, as);
    if (planned) return { ...planned, vetoes };
    throw noPlan(group, kind, target, vetoes);
  }

  private async asked(group: KnownGroup): Promise<Asked> {
    return { group, view: await group.reader.read(), voters: this.self.voters, at: this.clock.now() };
  }
}

function noPlan(
  { id }: KnownGroup,
  kind: PlanQuery['kind'],
  target: DryRun['target'],
  vetoes: DryRun['vetoes'],
): ApiError {
  if (target === undefined && kind !== 'reprotect' && kind !== 'salvage') {
    const remedy = `See which sites are quarantined: ${commands.explain(id)}`;
    return new ApiError(409, 'SB_NO_TARGET', `No site of ${id} could take over.`, remedy, vetoes);
  }
  const message = `No ${kind} of ${id} can be planned: ${vetoes.map((veto) => veto.message).join('; ')}.`;
  return new ApiError(409, 'SB_REQUEST_REFUSED', message, `See how the group stands: ${commands.explain(id)}`, vetoes);
}
