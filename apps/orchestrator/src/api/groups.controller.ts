import { Controller, Get, Header, Param } from '@nestjs/common';
import { AuditEntryWire, decodeOrThrow, type ExplainAnswer } from '#libs/contracts';
import type { AuditEntry, GroupId } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { Clock } from '#libs/runtime';
import { AuditExports } from '../audit/audit-exports.js';
import { GroupDirectory, type KnownGroup } from '../group/group-directory.js';
import { ThisProcess } from '../this-process.js';
import { explain } from '../view/explanation.js';
import { VoteAges } from '../view/vote-ages.js';
import { knownGroup } from './request.js';
import { Needs } from './token.guard.js';

/** How many of the latest entries an explanation looks at. */
const LATEST_ENTRIES = 60;

@Controller('v1/groups/:group')
export class GroupsController {
  constructor(
    private readonly self: ThisProcess,
    private readonly directory: GroupDirectory,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly exports: AuditExports,
    private readonly ages: VoteAges,
  ) {}

  @Get('explain')
  @Needs('read')
  async explain(@Param('group') id: string): Promise<ExplainAnswer> {
    const group = knownGroup(this.directory, id);
    const entries = (await this.entriesOf(group.id)).slice(-LATEST_ENTRIES);
    const asked = await this.asked(group);
    this.ages.saw(asked.view.votes);
    return { ...explain(asked, { entries, ageMs: (vote) => this.ages.ageMs(vote) }), recorded: true };
  }

  @Get('audit')
  @Needs('read')
  audit(@Param('group') id: string): Promise<readonly AuditEntry[]> {
    return this.entriesOf(knownGroup(this.directory, id).id);
  }

  @Get('audit/export')
  @Needs('read')
  @Header('content-type', 'application/x-ndjson')
  export(@Param('group') id: string): Promise<string> {
    const { id: group } = knownGroup(this.directory, id);
    return this.exports.ofGroup(group);
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
