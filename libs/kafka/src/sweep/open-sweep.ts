import type { Clock } from '#libs/runtime';
import { BrokerPool } from '../broker-pool.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { OffsetSweep } from './offset-sweep.js';
import { PlatformaticOffsetSweep, SWEEP_DEFAULTS, type SweepOptions } from './platformatic.offset-sweep.js';

/** One cluster to be swept, as one principal. */
export interface OpenSweep {
  readonly sweep: OffsetSweep;
  close(): Promise<void>;
}

/** On sockets of its own: the answer to a sweep is large, and a probe must not wait for it. */
export function openSweep(access: ClusterAccess, clock: Clock, options: SweepOptions = SWEEP_DEFAULTS): OpenSweep {
  const pool = new BrokerPool(access);
  return { sweep: new PlatformaticOffsetSweep(pool, clock, options), close: () => pool.close() };
}
