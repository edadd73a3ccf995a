import { Controller, Get, Param } from '@nestjs/common';
import { decodeOrThrow, RunWire, type RunAnswer } from '#libs/contracts';
import { runId, type Run } from '#libs/domain';
import { Journal, keys } from '#libs/journal';
import { stepsOf } from '../group/group-view.js';
import { ApiError } from './api-error.js';
import { Needs } from './token.guard.js';

@Controller('v1/runs')
export class RunsController {
  constructor(private readonly journal: Journal) {}

  /** Latest first. */
  @Get()
  @Needs('read')
  async runs(): Promise<readonly Run[]> {
    const { entries } = await this.journal.read(keys.runs());
    const runs = entries.filter(({ key }) => key.endsWith('/run'));
    return runs
      .map(({ key, value }) => decodeOrThrow(RunWire, value, key))
      .toSorted((a, b) => b.startedAt - a.startedAt);
  }

  @Get(':run')
  @Needs('read')
  async run(@Param('run') id: string): Promise<RunAnswer> {
    const snapshot = await this.journal.read(keys.runRecords(runId(id)));
    const entry = snapshot.entries.find(({ key }) => key === keys.run(runId(id)));
    if (!entry) {
      throw new ApiError(404, 'SB_UNKNOWN_RUN', `There is no run ${id}.`, 'See which there are: signalbox runs');
    }
    const run = decodeOrThrow(RunWire, entry.value, entry.key);
    return { run, steps: stepsOf(snapshot, run).map(({ value }) => value) };
  }
}
