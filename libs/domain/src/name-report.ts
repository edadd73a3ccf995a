import type { Epoch, GroupId, Instant, ProcessId, SiteId } from './ids.js';
import type { Json } from './json.js';

/**
 * What the dns-switcher of one site last saw of a name: at the provider, at every authoritative server, and at the
 * resolvers of its site. Written when it changes, so that a run can end before the last old answer has.
 */
export interface NameReport {
  readonly name: string;
  readonly group: GroupId;
  readonly site: SiteId;
  readonly by: ProcessId;
  readonly at: Instant;
  /** `propagating`: somebody may still get another answer than the one that the provider holds. */
  readonly state: 'propagating' | 'done';
  /** No compliant resolver can give another answer after this; absent while that cannot be said. */
  readonly until?: Instant;
  /** What keeps it from being done, in words. */
  readonly waitsFor: readonly string[];
  /** What the provider holds; absent when it could not be read, and `problem` says why. */
  readonly target?: Json;
  readonly epoch?: Epoch;
  readonly problem?: string;
  /** How long resolvers may keep what is served now. */
  readonly ttlSeconds?: number;
  /** The longest TTL that another answer may still be cached with. */
  readonly oldTtlSeconds?: number;
  readonly servers: readonly ServerSeen[];
  readonly resolvers: readonly ResolverSeen[];
  readonly owners: readonly OwnerSeen[];
  /** It holds something else than was ordered, and no newer run of ours has changed it. */
  readonly drift?: NameDrift;
  /** What the leader has not yet taken into the audit chain, oldest first. */
  readonly news: readonly NameNews[];
}

/** An authoritative server, asked directly and without recursion. */
export interface ServerSeen {
  readonly address: string;
  readonly gives: 'new' | 'old' | 'nothing';
  /** Of the zone, in its SOA. */
  readonly serial?: number;
}

/** A caching resolver, asked as clients ask it. */
export interface ResolverSeen {
  readonly address: string;
  readonly gives: 'new' | 'old' | 'nothing';
  readonly remainingTtlSeconds?: number;
  /** It gave an old answer after no compliant resolver could, or keeps one for longer than its TTL. */
  readonly ignoresTtl?: boolean;
}

/** Somebody else who says, in a TXT record, that the name is theirs. */
export interface OwnerSeen {
  readonly name: string;
  /** Where it says so. */
  readonly at: string;
  readonly isAdopted: boolean;
}

export interface NameDrift {
  readonly expected: string;
  readonly found: string;
  readonly since: Instant;
  /** Who may have changed it, as far as the provider tells. */
  readonly hints: readonly string[];
}

export type NameRule =
  | 'name-propagating'
  | 'name-propagated'
  | 'name-drifted'
  | 'name-drift-ended'
  | 'name-owned-by-another'
  | 'resolver-ignores-ttl';

export interface NameNews {
  readonly rule: NameRule;
  readonly at: Instant;
  /** In words. */
  readonly says: string;
  readonly evidence: Json;
}
