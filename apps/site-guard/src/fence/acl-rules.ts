import type { WriteAccess } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import { ruleText } from './acl-ledger.js';
import { covers, overlaps, patternsOf, type AclScope, type Pattern, type Survey } from './acl-survey.js';

const EVERYBODY = 'User:*';
const ALL_BUT_WRITE = [
  'read',
  'create',
  'delete',
  'alter',
  'describe',
  'describe-configs',
  'alter-configs',
] as const satisfies readonly AccessRule['operation'][];

/** Exactly the rules that make `access` hold on the group's topics and its probe topic. Pure. */
export function rulesFor(scope: AclScope, access: WriteAccess, seen: Survey): readonly AccessRule[] {
  const rules = patternsOf(scope).flatMap((pattern): readonly AccessRule[] => {
    const denied = deniedWriters(scope, access, pattern, seen).map((principal) =>
      rule('deny', 'write', principal, pattern),
    );
    return [...denied, ...(scope.openByDefault ? openings(scope, access, pattern, seen) : [])];
  });
  return [...new Map(rules.map((each) => [ruleText(each), each])).values()];
}

/** Rules of others that keep `access` from being had, whatever we add: a deny always wins. Pure. */
export function obstaclesTo(scope: AclScope, access: WriteAccess, seen: Survey): readonly AccessRule[] {
  const about = (permission: AccessRule['permission'], principals: readonly string[]): readonly AccessRule[] =>
    seen.foreign.filter(
      (each) => each.permission === permission && writes(each) && principals.includes(each.principal),
    );
  switch (access) {
    case 'none':
      return [];
    case 'inbound':
      return [...about('deny', [EVERYBODY, ...scope.inbound]), ...about('allow', [EVERYBODY]), ...mixed(scope, seen)];
    case 'clients':
      return [...about('deny', [EVERYBODY]), ...mixed(scope, seen)];
  }
}

/** On clusters open by default, rules on some topics of a prefix: one rule of ours cannot suit these and the others. */
const mixed = (scope: AclScope, { foreign }: Survey): readonly AccessRule[] =>
  scope.openByDefault
    ? foreign.filter((each) =>
        patternsOf(scope).some(
          (pattern) => overlaps(each, pattern) && !foreign.some((other) => covers(other, pattern)),
        ),
      )
    : [];

function deniedWriters(scope: AclScope, access: WriteAccess, pattern: Pattern, seen: Survey): readonly string[] {
  switch (access) {
    case 'none':
      return [EVERYBODY];
    case 'inbound':
      return otherWriters(scope, pattern, seen);
    case 'clients':
      return scope.inbound;
  }
}

/** Who could write by others' rules, mirrors excepted. We are always among them: the probe must tell a fence. */
function otherWriters(scope: AclScope, pattern: Pattern, { foreign }: Survey): readonly string[] {
  const writers = foreign
    .filter((each) => each.permission === 'allow' && writes(each) && overlaps(each, pattern))
    .map(({ principal }) => principal);
  const self = pattern.topic === scope.probeTopic ? [scope.self] : [];
  return [...new Set([...writers, ...self])]
    .filter((principal) => principal !== EVERYBODY && !scope.inbound.includes(principal))
    .sort();
}

/**
 * Where all is open until a first rule exists, ours must leave open what they do not mean to close; where somebody's rule
 * has closed it already, an opening of ours would let in whom they kept out.
 */
function openings(scope: AclScope, access: WriteAccess, pattern: Pattern, { foreign }: Survey): readonly AccessRule[] {
  if (foreign.some((each) => overlaps(each, pattern))) return [];
  const writers = { none: [], inbound: scope.inbound, clients: [EVERYBODY] }[access];
  return [
    ...ALL_BUT_WRITE.map((operation) => rule('allow', operation, EVERYBODY, pattern)),
    ...writers.map((principal) => rule('allow', 'write', principal, pattern)),
  ];
}

const writes = ({ operation }: AccessRule): boolean => operation === 'write' || operation === 'all';

const rule = (
  permission: AccessRule['permission'],
  operation: AccessRule['operation'],
  principal: string,
  { topic, match }: Pattern,
): AccessRule => ({ permission, principal, operation, topic, match, host: '*' });
