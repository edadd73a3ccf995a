import type { Run } from '#libs/domain';
import { show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { blocks, duration, moment, next, table } from '../text.js';

export const runs = async (session: Session): Outcome => {
  show(session, await session.api.get<readonly Run[]>('/runs'), renderRuns);
  return EXIT.ok;
};

const COLUMNS = ['RUN', 'KIND', 'GROUP', 'FROM', 'TO', 'PHASE', 'EPOCH', 'STARTED', 'TOOK'] as const;

export const renderRuns = (all: readonly Run[]): string =>
  all.length === 0
    ? 'No run yet.'
    : blocks(
        table(COLUMNS, all.map(runRow)),
        next([[`run ${all[0]?.id ?? '<id>'}`, 'its steps, and what each of them read back']]),
      );

const runRow = (run: Run): string[] => [
  run.id,
  run.plan.kind,
  run.plan.group,
  run.plan.from,
  run.plan.to,
  run.phase,
  String(run.epoch),
  moment(run.startedAt),
  run.finishedAt === undefined ? '' : duration(run.finishedAt - run.startedAt),
];
