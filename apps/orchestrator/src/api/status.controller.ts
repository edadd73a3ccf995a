import { Controller, Get } from '@nestjs/common';
import { ChannelReportWire, channelTroubles, decode, type StatusAnswer } from '#libs/contracts';
import { isReviewOpen, SignalboxError, type Approval } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { Clock, Readiness } from '#libs/runtime';
import { Approvals } from '../approval/approvals.js';
import { DispatchService } from '../dispatch/dispatch.service.js';
import { GroupDirectory } from '../group/group-directory.js';
import { ThisProcess } from '../this-process.js';
import { journalWarnings } from '../view/journal-place.js';
import { groupStatusOf, guardsOf, missingParts } from '../view/status.js';
import { VerdictBoard } from '../view/verdict-board.js';
import { Needs } from './token.guard.js';

@Controller('v1/status')
export class StatusController {
  constructor(
    private readonly self: ThisProcess,
    private readonly directory: GroupDirectory,
    private readonly board: VerdictBoard,
    private readonly approvals: Approvals,
    private readonly journal: Journal,
    private readonly dispatch: DispatchService,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
  ) {}

  /** Answers from whatever can be reached; without the journal the verdicts are this process's own view. */
  @Get()
  @Needs('read')
  async status(): Promise<StatusAnswer> {
    const [read, queues, untold] = await Promise.all([this.readGroups(), this.dispatch.queues(), this.untold()]);
    return {
      site: this.self.site,
      process: this.self.process,
      journal: { reachable: read !== undefined, missing: this.journal.missing() },
      topologyHash: this.self.topologyHash,
      clusters: this.board.all(),
      groups:
        read?.map(({ group, view, due }) => ({
          ...groupStatusOf(group, view, this.clock.now()),
          ...journalWarnings(this.self.topology, view.state.active),
          ...(due.length > 0 && { reviewsDue: due.map(({ id }) => id) }),
        })) ?? [],
      guards: guardsOf(read?.map(({ view }) => view) ?? []),
      queues,
      missing: [...missingParts(this.readiness), ...untold],
    };
  }

  /** What the notifier that delivers says of its channels; nothing while none does, or nobody can tell. */
  private async untold(): Promise<readonly string[]> {
    try {
      const [entry] = (await this.journal.read(keys.channelReport())).entries;
      const report = entry && decode(ChannelReportWire, entry.value, entry.key);
      return report?.ok ? channelTroubles(report.value) : [];
    } catch (error) {
      if (error instanceof SignalboxError) return [];
      throw error;
    }
  }

  private async readGroups() {
    try {
      const due = (await this.approvals.all()).filter(isReviewOpen);
      return await Promise.all(
        this.directory.groups.map(async (group) => ({
          group,
          view: await group.reader.read(),
          due: due.filter((approval: Approval) => approval.group === group.id),
        })),
      );
    } catch (error) {
      if (error instanceof SignalboxError) return undefined;
      throw error;
    }
  }
}
