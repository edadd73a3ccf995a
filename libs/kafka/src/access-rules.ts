export type TopicOperation =
  'all' | 'read' | 'write' | 'create' | 'delete' | 'alter' | 'describe' | 'describe-configs' | 'alter-configs';

/** One ACL on topics. */
export interface AccessRule {
  readonly permission: 'allow' | 'deny';
  /** With its type: `User:app`, `User:*`. */
  readonly principal: string;
  readonly operation: TopicOperation;
  readonly topic: string;
  /** `prefixed` covers every topic whose name starts with `topic`; `literal` one, or all of them as `*`. */
  readonly match: 'literal' | 'prefixed';
  readonly host: string;
}

/**
 * Port: the ACLs on a cluster's topics. Adding an existing rule and removing a missing one succeed, so every call can be
 * repeated. In effect some 60 ms after the answer, on open connections too.
 *
 * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError; add and remove: OutcomeUnknownError.
 */
export abstract class AccessRules {
  abstract list(): Promise<readonly AccessRule[]>;
  /** All in one call, so that none is in force without the others for longer than the broker needs. */
  abstract add(rules: readonly AccessRule[]): Promise<void>;
  /** Removes exactly these, and nothing that merely resembles them. */
  abstract remove(rules: readonly AccessRule[]): Promise<void>;
}
