import type { GroupId } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import { isLedgerEntry, ownershipEntry, ruleText } from './acl-ledger.js';

/** Which ACLs decide over a group's topics at one site. Principals as Kafka writes them: `User:mm2-ab`. */
export interface AclScope {
  readonly group: GroupId;
  /** Literal names, or prefixes with a final `*`. */
  readonly topics: readonly string[];
  /** Where the guard tries for itself what a client would be told. Fenced with the group's topics. */
  readonly probeTopic: string;
  /** Of the flows that end here. */
  readonly inbound: readonly string[];
  /** Us. */
  readonly self: string;
  /** The brokers' allow.everyone.if.no.acl.found: there the first rule on a topic denies everything it does not allow. */
  readonly openByDefault: boolean;
}

export type Pattern = Pick<AccessRule, 'topic' | 'match'>;

/** A cluster's rules, sorted by whose they are. */
export interface Survey {
  readonly texts: ReadonlySet<string>;
  /** Made by us, as the ledger says. */
  readonly ours: readonly AccessRule[];
  readonly ledger: readonly AccessRule[];
  /** Others' rules on topics of the group. */
  readonly foreign: readonly AccessRule[];
}

export function survey(scope: AclScope, present: readonly AccessRule[]): Survey {
  const ledger = present.filter((rule) => isLedgerEntry(scope.group, rule));
  const texts = new Set(present.map(ruleText));
  const patterns = patternsOf(scope);
  const near = present.filter(
    (rule) => !isLedgerEntry(scope.group, rule) && patterns.some((pattern) => overlaps(rule, pattern)),
  );
  const isOurs = (rule: AccessRule): boolean => texts.has(ruleText(ownershipEntry(scope.group, rule)));
  return {
    texts,
    ledger,
    ours: near.filter(isOurs),
    foreign: near.filter((rule) => !isOurs(rule)),
  };
}

export const patternsOf = ({ topics, probeTopic }: AclScope): readonly Pattern[] =>
  [...topics, probeTopic].map((topic) =>
    topic.endsWith('*') && topic !== '*'
      ? { topic: topic.slice(0, -1), match: 'prefixed' }
      : { topic, match: 'literal' },
  );

/** Whether some topic is covered by both. */
export const overlaps = (one: Pattern, other: Pattern): boolean => covers(one, other) || covers(other, one);

/** Whether every topic of `inner` is one of `outer`. */
export function covers(outer: Pattern, inner: Pattern): boolean {
  if (outer.match === 'prefixed') return inner.topic.startsWith(outer.topic);
  // Kafka reads a literal `*` as every topic.
  return outer.topic === '*' || (outer.topic === inner.topic && inner.match === 'literal');
}
