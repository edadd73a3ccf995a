import { readLogs } from './aftermath.js';
import { countMoved } from './counts.js';
import { moveUnderLoad } from './planned-move.js';
import type { Report } from './report.js';
import { awaitReturn } from './return.js';
import { beginChapter, type Stage } from './stage.js';

/** From the return of A until the application works there again. The clients go on all the while. */
export const comeHome = async (stage: Stage): Promise<Required<Pick<Report, 'return' | 'failback'>>> => {
  beginChapter(stage, 'return');
  const returned = await awaitReturn(stage);
  beginChapter(stage, 'failback');
  const moved = await moveUnderLoad(stage, { kind: 'failback', from: 'b', to: 'a' });
  await stage.clients.stopFollowing();
  return { return: returned, failback: { ...moved, ...countMoved(stage.clients.ledger, await readLogs(stage), 'a') } };
};
