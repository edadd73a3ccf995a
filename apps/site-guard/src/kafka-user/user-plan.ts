import type { WriteAccess } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import { overlaps, patternsOf, type AclScope } from '../fence/acl-survey.js';
import type { HeldAccess } from '../fence/held-access.js';
import { denialOf, oursIn, type Denial } from './denials.js';
import type { HeldUser } from './held-user.js';

/** Everything that says who may write a group's topics. */
export interface Situation {
  readonly scope: AclScope;
  /** Those of the group. */
  readonly users: readonly HeldUser[];
  /** The one that Signalbox logs in as. */
  readonly own: HeldUser;
  /** On the cluster, as the User Operator left them. */
  readonly rules: readonly AccessRule[];
}

const EVERYBODY = 'User:*';

/** What is to be denied to a user by us, so that `access` holds. Pure. */
export function wantedOf({ scope }: Situation, { principal }: HeldUser, access: WriteAccess): ReadonlySet<Denial> {
  const isInbound = scope.inbound.includes(principal);
  const isDenied = { none: true, inbound: !isInbound, clients: isInbound }[access];
  return new Set(isDenied ? topicsOf(scope) : []);
}

/** Of our own user on the group's probe: it is told what clients are told. */
export const isProbeDenied = (access: WriteAccess): boolean => access !== 'clients';

/**
 * What is in force: both ordered by every KafkaUser and shown by the cluster. Where the two differ, the User Operator has yet to
 * look, or is away: then nothing is promised. Pure.
 */
export function accessIn(situation: Situation): HeldAccess {
  return (['none', 'inbound', 'clients'] as const).find((access) => holds(situation, access)) ?? 'unset';
}

/** KafkaUsers whose rules the User Operator has not brought to the cluster. Pure. */
export const unreconciled = ({ scope, users, own, rules }: Situation): readonly string[] =>
  [...users.map((user) => [user, topicsOf(scope)] as const), [own, [probeOf(scope)]] as const]
    .filter(([user, patterns]) =>
      patterns.some((denial) => user.denied.has(denial) !== isShown(rules, user.principal, denial)),
    )
    .map(([{ name }]) => name);

/** Why `access` cannot be had, whatever we write into the KafkaUsers that are named. Pure. */
export function obstaclesTo(situation: Situation, access: WriteAccess): readonly string[] {
  const { scope, rules } = situation;
  const strangers = writersBesides(situation).map((principal) => `${principal}, who is none of them, may write`);
  const open = strangers.filter(
    (text) => access !== 'clients' || scope.inbound.some((each) => text.startsWith(`${each},`)),
  );
  const closed = { none: [], inbound: [EVERYBODY, ...scope.inbound], clients: [EVERYBODY] }[access].filter(
    (principal) => isDeniedByOthers(situation, principal, rules),
  );
  return [...open, ...closed.map((principal) => `${principal} is denied to write by somebody else`)];
}

function holds(situation: Situation, access: WriteAccess): boolean {
  const { scope, users, own, rules } = situation;
  const shows = (user: HeldUser, denial: Denial, isWanted: boolean): boolean => {
    const shown = isShown(rules, user.principal, denial);
    if (isWanted) return shown && user.denied.has(denial);
    return !oursIn(user).has(denial) && shown === user.denied.has(denial);
  };
  const asWanted = users.every((user) => {
    const wanted = wantedOf(situation, user, access);
    return topicsOf(scope).every((denial) => shows(user, denial, wanted.has(denial)));
  });
  return asWanted && shows(own, probeOf(scope), isProbeDenied(access)) && obstaclesTo(situation, access).length === 0;
}

/** Who may write some of the topics by the cluster's rules, and is neither one of the users nor Signalbox. */
function writersBesides({ scope, users, own, rules }: Situation): readonly string[] {
  const known = [own.principal, scope.self, ...users.map(({ principal }) => principal)];
  const writers = rules
    .filter((rule) => rule.permission === 'allow' && writes(rule) && isOfGroup(scope, rule))
    .map(({ principal }) => principal)
    .filter((principal) => !known.includes(principal));
  return [...new Set(writers)].sort();
}

/** By a rule that is no denial of ours. */
function isDeniedByOthers({ scope, users }: Situation, principal: string, rules: readonly AccessRule[]): boolean {
  const user = users.find((each) => each.principal === principal);
  const ours = user ? oursIn(user) : new Set<Denial>();
  return rules.some(
    (rule) =>
      rule.permission === 'deny' &&
      rule.principal === principal &&
      writes(rule) &&
      isOfGroup(scope, rule) &&
      !(isPlain(rule) && ours.has(denialOf(rule))),
  );
}

const topicsOf = (scope: AclScope): readonly Denial[] =>
  patternsOf(scope)
    .filter(({ topic }) => topic !== scope.probeTopic)
    .map(denialOf);

export const probeOf = ({ probeTopic }: AclScope): Denial => denialOf({ match: 'literal', topic: probeTopic });

const isOfGroup = (scope: AclScope, rule: AccessRule): boolean =>
  patternsOf(scope).some((pattern) => pattern.topic !== scope.probeTopic && overlaps(rule, pattern));

const isShown = (rules: readonly AccessRule[], principal: string, denial: Denial): boolean =>
  rules.some(
    (rule) => rule.permission === 'deny' && rule.principal === principal && isPlain(rule) && denialOf(rule) === denial,
  );

const writes = ({ operation }: AccessRule): boolean => operation === 'write' || operation === 'all';

/** As rules of a KafkaUser are: from everywhere. */
const isPlain = (rule: AccessRule): boolean => writes(rule) && rule.host === '*';
