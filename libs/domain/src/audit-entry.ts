import type { Epoch, GroupId, Instant, SiteId } from './ids.js';
import type { Json } from './json.js';

/** Who did it: a person by API token name, or one of our processes. */
export interface Actor {
  readonly kind: 'person' | 'process';
  readonly id: string;
}

/** A chain of the audit: `groups/<group>` of decisions, `sites/<site>` of what was asked of that site's orchestrators. */
export type ChainName = `groups/${string}` | `sites/${string}`;

/** What makes an entry a link. `hash` covers the canonical JSON of everything else in it. */
export interface ChainLink {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Votes, verdicts, vetoes, read-backs: whatever the rule looked at; or where it lies, when it is too large to stand here. */
  readonly evidence: Json;
  readonly evidenceHash: string;
  /** The previous entry's hash; 64 zeros for the first. */
  readonly previous: string;
  readonly hash: string;
}

/** One link of a group's audit chain. */
export interface AuditEntry extends ChainLink {
  readonly group: GroupId;
  readonly at: Instant;
  readonly actor: Actor;
  /** The rule that was applied, e.g. `start-failover`, `stage-done`. */
  readonly rule: string;
  readonly before: string;
  readonly after: string;
  readonly epoch: Epoch;
}

/** One link of a site's audit chain: what no group decided. */
export interface SiteAuditEntry extends ChainLink {
  readonly site: SiteId;
  readonly at: Instant;
  /** Absent when nobody knows who it was. */
  readonly actor?: Actor;
  readonly rule: SiteRule;
}

/**
 * - `login`: a token was first seen by a process;
 * - `request-refused`: somebody asked for what they may not have, or not now; counted when it goes on;
 * - `approval-answered`: a click on an approval that was taken;
 * - `observation-forged`: somebody wrote to Kafka what no site signed; counted when it goes on;
 * - `notification-test`: somebody had channels tried, and what came of it;
 * - `entries-lost`: so many entries before this one could not be written down;
 * - `checkpoint-refused`: another site's checkpoint, or a chain, is not what this site had witnessed.
 */
export type SiteRule =
  | 'login'
  | 'request-refused'
  | 'approval-answered'
  | 'observation-forged'
  | 'notification-test'
  | 'entries-lost'
  | 'checkpoint-refused';
