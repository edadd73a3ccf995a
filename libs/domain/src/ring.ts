import type { Epoch, RunId } from './ids.js';

/**
 * Says which opening of which step may be waiting: what a doorbell carries. Names only, no secrets, and nothing is done
 * for what it says: whoever hears it reads the journal.
 */
export interface Ring {
  readonly run: RunId;
  readonly step: string;
  readonly epoch: Epoch;
  readonly attempt: number;
  readonly planHash: string;
}
