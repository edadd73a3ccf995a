import type { Metrics } from '#libs/runtime';
import type { VerdictBoard } from './verdict-board.js';

/** What the quorum says of each cluster; what is not recorded in the journal is nobody's verdict. */
export function measureVerdicts(metrics: Metrics, board: VerdictBoard): void {
  const recorded = board.all().filter((shown) => shown.recorded);
  const rows = recorded.map(({ verdict: { cluster, kind } }) => [{ cluster, verdict: kind }, 1] as const);
  metrics.replace('signalbox.cluster.verdict', {}, rows);
}
