import { Controller, Get } from '@nestjs/common';
import type { StatusAnswer } from '#libs/contracts';
import { SignalboxError } from '#libs/domain';
import { Journal } from '#libs/journal';
import { Clock, Readiness } from '#libs/runtime';
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
    private readonly journal: Journal,
    private readonly dispatch: DispatchService,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
  ) {}

  /** Answers from whatever can be reached; without the journal the verdicts are this process's own view. */
  @Get()
  @Needs('read')
  async status(): Promise<StatusAnswer> {
    const [read, queues] = await Promise.all([this.readGroups(), this.dispatch.queues()]);
    return {
      site: this.self.site,
      process: this.self.process,
      journal: { reachable: read !== undefined, missing: this.journal.missing() },
      topologyHash: this.self.topologyHash,
      clusters: this.board.all(),
      groups:
        read?.map(({ group, view }) => ({
          ...groupStatusOf(group, view, this.clock.now()),
          ...journalWarnings(this.self.topology, view.state.active),
        })) ?? [],
      guards: guardsOf(read?.map(({ view }) => view) ?? []),
      queues,
      missing: missingParts(this.readiness),
    };
  }

  private async readGroups() {
    try {
      const { groups } = this.directory;
      return await Promise.all(groups.map(async (group) => ({ group, view: await group.reader.read() })));
    } catch (error) {
      if (error instanceof SignalboxError) return undefined;
      throw error;
    }
  }
}
