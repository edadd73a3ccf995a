import type { Epoch, Instant, ProcessId, SiteId } from './ids.js';
import type { WriteAccess } from './write-access.js';

/**
 * What a site-guard says of itself each time it renews its site's lease. The record outlives the lease, so that a
 * leader can reason about a silent guard; `renewal` lets it see renewals without comparing clocks.
 */
export interface GuardRecord {
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly incarnation: string;
  /** Counts renewals of this incarnation. */
  readonly renewal: number;
  /** It proved within the last minute, on the canary topic, that it can fence and lift. */
  readonly armed: boolean;
  /** Why it is not armed, or which rungs of the ladder are proven. */
  readonly armedBy: string;
  /** The guard fences by itself this long after sending its last successful renewal. */
  readonly selfFenceMs: number;
  /** What it enforces now, per group. */
  readonly enforced: Readonly<
    Record<
      string,
      { readonly access: WriteAccess; readonly epoch: Epoch; readonly by: 'acl' | 'size' | 'command' | 'unproven' }
    >
  >;
  readonly at: Instant;
}
