import type { Pattern } from '../fence/acl-survey.js';
import type { AclWire } from './kafka-user.wire.js';

/** A pattern of topics that somebody is denied to write to, in one line: `literal orders`, `prefixed orders.`. */
export type Denial = string;

export const denialOf = ({ match, topic }: Pattern): Denial => `${match} ${topic}`;

export function patternOf(denial: Denial): Pattern {
  const blank = denial.indexOf(' ');
  return { match: denial.slice(0, blank) === 'prefixed' ? 'prefixed' : 'literal', topic: denial.slice(blank + 1) };
}

/** The rules of one KafkaUser, and which of its denials we made. */
export interface Denied {
  readonly acls: readonly AclWire[];
  /** By us, as its annotation says: what we may take away again. */
  readonly made: ReadonlySet<Denial>;
}

/** What this user is denied to write to, from everywhere, whoever made the rules. Pure. */
export const denialsIn = (acls: readonly AclWire[]): ReadonlySet<Denial> =>
  new Set(acls.flatMap((acl) => denialIn(acl) ?? []));

/** Those of ours that are still there. Pure. */
export const oursIn = ({ acls, made }: Denied): ReadonlySet<Denial> =>
  new Set(
    acls
      .filter(isOurShape)
      .flatMap((acl) => denialIn(acl) ?? [])
      .filter((denial) => made.has(denial)),
  );

/**
 * The rules by which a user is denied what is `wanted` and, of what we denied it before, nothing else. A denial of somebody
 * else is kept and never counted as ours. Every other rule stays as it is, in its place. Pure.
 */
export function denying({ acls, made }: Denied, wanted: ReadonlySet<Denial>): Denied {
  const ours = oursIn({ acls, made });
  const kept = acls.filter((acl) => {
    const denial = denialIn(acl);
    return denial === undefined || !isOurShape(acl) || !ours.has(denial) || wanted.has(denial);
  });
  const there = denialsIn(kept);
  const missing = [...wanted].filter((denial) => !there.has(denial));
  const still = [...wanted].filter((denial) => ours.has(denial));
  return { acls: [...kept, ...missing.map(ruleFor)], made: new Set([...still, ...missing]) };
}

function ruleFor(denial: Denial): AclWire {
  const { match, topic } = patternOf(denial);
  const patternType = match === 'prefixed' ? 'prefix' : 'literal';
  return { type: 'deny', resource: { type: 'topic', name: topic, patternType }, operations: ['Write'], host: '*' };
}

function denialIn({ type, resource, host, operation, operations }: AclWire): Denial | undefined {
  const held = [...(operations ?? []), ...(operation ? [operation] : [])];
  const isDenial = type === 'deny' && resource.type === 'topic' && (host ?? '*') === '*';
  if (!isDenial || !resource.name || !held.some((each) => each === 'Write' || each === 'All')) return undefined;
  return denialOf({ match: resource.patternType === 'prefix' ? 'prefixed' : 'literal', topic: resource.name });
}

/** Of Write alone: a rule that denies more was made, or changed, by somebody else. */
const isOurShape = ({ operation, operations }: AclWire): boolean =>
  !operation && operations?.length === 1 && operations[0] === 'Write';
