import type { Epoch, GroupId, Instant } from './ids.js';
import type { Json } from './json.js';

/** Who did it: a person by API token name, or one of our processes. */
export interface Actor {
  readonly kind: 'person' | 'process';
  readonly id: string;
}

/** One link of a group's audit chain. `hash` covers the canonical JSON of everything else. */
export interface AuditEntry {
  readonly group: GroupId;
  /** From 1, without gaps. */
  readonly sequence: number;
  readonly at: Instant;
  readonly actor: Actor;
  /** The rule that was applied, e.g. `start-failover`, `stage-done`. */
  readonly rule: string;
  readonly before: string;
  readonly after: string;
  readonly epoch: Epoch;
  /** Votes, verdicts, vetoes, read-backs: whatever the rule looked at. */
  readonly evidence: Json;
  readonly evidenceHash: string;
  /** The previous entry's hash; 64 zeros for the first. */
  readonly previous: string;
  readonly hash: string;
}
