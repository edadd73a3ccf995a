import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { RelayedAnswerBody, RelayedFreezeBody, type ApprovalAnswer, type SlackPerson } from '#libs/contracts';
import type { Freeze } from '#libs/decision';
import { Approvals } from '../approval/approvals.js';
import { principalInSlack } from '../approval/principal.js';
import { callerNamed, personInSlack, strangerName } from '../approval/slack-person.js';
import { SiteAudit } from '../audit/site-audit.js';
import { GroupDirectory } from '../group/group-directory.js';
import { freeze } from '../operation/freeze.js';
import { Operations } from '../operation/operations.js';
import { ThisProcess } from '../this-process.js';
import type { Caller } from './access.js';
import { ApiError } from './api-error.js';
import { bodyAs, knownGroup } from './request.js';
import { Needs, type AuthenticatedRequest } from './token.guard.js';

const CHANNEL = 'slack';

/**
 * What somebody said in Slack, handed in by a relay that answers nothing itself. It sends Slack's ids; who that is and what
 * they may do is looked up here, in signalbox.yaml.
 */
@Controller('v1')
export class RelayedController {
  constructor(
    private readonly self: ThisProcess,
    private readonly approvals: Approvals,
    private readonly directory: GroupDirectory,
    private readonly operations: Operations,
    private readonly audit: SiteAudit,
  ) {}

  @Post('approvals/:approval/relayed-answers')
  @HttpCode(200)
  @Needs('relay')
  answer(
    @Param('approval') id: string,
    @Body() body: unknown,
    @Req() { caller }: AuthenticatedRequest,
  ): Promise<ApprovalAnswer> {
    const { reason, planHash, decision, person, details } = bodyAs(RelayedAnswerBody, body);
    return this.approvals.answer({
      approval: id,
      decision,
      channel: CHANNEL,
      principal: principalInSlack(this.self.topology, person),
      details: { ...details, ...foundBy(person, caller) },
      ...(reason !== undefined && { reason }),
      ...(planHash !== undefined && { planHash }),
    });
  }

  @Post('groups/:group/relayed-freezes')
  @Needs('relay')
  async freeze(
    @Param('group') id: string,
    @Body() body: unknown,
    @Req() { asked, caller }: AuthenticatedRequest,
  ): Promise<Freeze> {
    const { person, details, ...wanted } = bodyAs(RelayedFreezeBody, body);
    const inNameOf = this.callerIn(person);
    try {
      const group = knownGroup(this.directory, id);
      return await this.operations.perform(group, { ...asked, permission: 'operate', inNameOf }, freeze(wanted));
    } catch (error) {
      if (error instanceof ApiError) {
        const { code } = error;
        this.audit.keep({
          actor: { kind: 'person', id: inNameOf.name },
          rule: 'request-refused',
          evidence: {
            code,
            channel: CHANNEL,
            freeze: id.slice(0, 100).toWellFormed(),
            ...wanted,
            details: { ...details, ...foundBy(person, caller) },
          },
        });
      }
      throw error;
    }
  }

  /** What is done in Slack needs the same role as elsewhere. */
  private callerIn(person: SlackPerson): Caller {
    const { topology } = this.self;
    const known = personInSlack(topology, person);
    return known ? callerNamed(topology, known.name) : { name: strangerName(person), grants: [] };
  }
}

const foundBy = ({ team, user }: SlackPerson, relay: Caller) => ({ team, user, relay: relay.name });
