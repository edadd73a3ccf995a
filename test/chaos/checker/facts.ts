/**
 * What the checker knows, and nothing else: what it read off the resources itself, the audit as it was exported, and what
 * the clients and the stale actor report of their own doing. Times are milliseconds since 1970, by one machine's clock.
 */
export interface Facts {
  /** Where the group was before its first run. */
  readonly home: string;
  /** The site where the name's address is. */
  readonly siteOfAddress: Readonly<Record<string, string>>;
  /** Of the two Kafka sites, where clients of either are sent while it is active. */
  readonly bootstrapOf: Readonly<Record<string, string>>;
  /** The file, as bytes: whatever is wrong with it is to be found. */
  readonly auditFile: string;
  /** When it was exported: what happened later is not in it. */
  readonly until: number;
  readonly samples: readonly Sample[];
  readonly writes: readonly WriteAttempt[];
  readonly closings: readonly Closing[];
  readonly staleWrites: readonly StaleWrite[];
  readonly returns: readonly SiteReturn[];
  readonly deliveries: readonly Delivery[];
}

/** What a resource showed; `resource` as in `name/kafka.example`, `config/orders-clients/a`, `mirror/a-to-b`, `write-access/a`. */
export interface Seen {
  readonly resource: string;
  /** 0 while it was never stamped. */
  readonly epoch: number;
  /** An address, a bootstrap list, `running` or `stopped`; absent where the value is none that this checker reads. */
  readonly value?: string;
}

/** `at`: when it had answered. What was read together has the same time. */
export interface Sample extends Seen {
  readonly at: number;
}

/** A record that the checker itself tried to write to a site, as an application would. */
export interface WriteAttempt {
  readonly site: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly answer: 'accepted' | 'refused' | 'none';
}

/** What the resources showed after a run was closed and before the next one began. */
export interface Closing {
  readonly run: string;
  /** Sites that were off then. */
  readonly down: readonly string[];
  readonly samples: readonly Sample[];
  /** The last attempt at each site. */
  readonly writes: readonly WriteAttempt[];
}

/** A write that was prepared under an epoch and sent when a higher one was in force on that very resource. */
export interface StaleWrite {
  readonly at: number;
  readonly resource: string;
  readonly fence: 'strong' | 'weak';
  readonly epoch: number;
  readonly inForce: number;
  /**
   * `as-prepared`: against what was seen then; `fresh`: against what is there now; `compared`: by a worker that stopped
   * between its comparison and its write, which nothing but the resource could refuse.
   */
  readonly against: 'as-prepared' | 'fresh' | 'compared';
  /** `refused`: by the resource itself. `withheld`: the adapter saw the higher epoch and asked nobody. */
  readonly answer: 'accepted' | 'refused' | 'withheld' | 'none';
}

/** A site that was off came back: until its guard has fenced it, its broker takes writes, and that is known. */
export interface SiteReturn {
  readonly site: string;
  readonly from: number;
  readonly until: number;
}

/** What the application was told is written, and what an independent reader found at the active site. */
export interface Delivery {
  readonly site: string;
  readonly acknowledged: number;
  /** Keys, at most a few of them. */
  readonly missing: readonly string[];
}
