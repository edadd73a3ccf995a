import type { Clock } from '#libs/runtime';
import { BrokerPool } from '../broker-pool.js';
import type { ClusterAccess } from '../cluster-access.js';
import type { WholeLog } from './whole-log.js';
import { PlatformaticWholeLog } from './platformatic.whole-log.js';
import { PlatformaticTransactionalWriter } from './platformatic.transactional-writer.js';
import type { TransactionalWriter } from './transactional-writer.js';

/** One cluster as one principal, for whoever copies whole records from it or into it. */
export interface OpenCopying {
  readonly log: WholeLog;
  readonly writer: TransactionalWriter;
  close(): Promise<void>;
}

/** Sockets of its own: what is large holds up nobody who asks something small. Connects when it is first used. */
export function openCopying(access: ClusterAccess, clock: Clock): OpenCopying {
  const pool = new BrokerPool(access);
  return {
    log: new PlatformaticWholeLog(pool),
    writer: new PlatformaticTransactionalWriter(pool, clock),
    close: () => pool.close(),
  };
}
