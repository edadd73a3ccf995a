import type { Instant, RunId } from './ids.js';
import type { Backlog, Positions } from './positions.js';
import type { Salvaged } from './salvage.js';

/**
 * A site that stopped being active, until it is protected again. It takes no client's write and cannot become active.
 * - `lost`: nobody has heard of it, or it has not been sealed since it came back;
 * - `quarantined`: it answers, it is sealed and fenced, and its stranded records are counted;
 * - `catching-up`: replication toward it runs, and its lag has not been under the RPO for long enough.
 */
export type ReturningPhase = 'lost' | 'quarantined' | 'catching-up';

export interface ReturningSite {
  readonly phase: ReturningPhase;
  readonly since: Instant;
  /** The rule that brought it here. */
  readonly rule: string;
  /** The run that moved the group away from it; absent where none did, and its Kafka was found to be another one. */
  readonly leftBy?: RunId;
  /** What its Kafka calls itself, where that is not what it was known as: nothing of the group is in it. */
  readonly rebornAs?: string;
  /** Where the new active site's log ended when it was promoted: replication back starts here. */
  readonly watermark?: Positions;
  /** Acknowledged by this site and in no other log; known once it is `quarantined`. */
  readonly stranded?: Backlog;
  /** How many runs in a row took it in, and could not count them. */
  readonly uncounted?: number;
  /** What a person had done with them. */
  readonly salvaged?: Salvaged;
  /** Since when its lag has been under the RPO, while `catching-up`. */
  readonly keepsUpSince?: Instant;
}
