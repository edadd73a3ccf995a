import { instant, runId, type ReturningSite } from '#libs/domain';

/** A site that came back after a failover and waits to be protected again. */
export const QUARANTINED: ReturningSite = {
  phase: 'quarantined',
  since: instant(0),
  rule: 'site-quarantined',
  leftBy: runId('run-1'),
  watermark: { 'orders-0': 100 },
  stranded: { records: 2, ranges: [{ topic: 'orders', partition: 0, from: 100, to: 102 }] },
};
