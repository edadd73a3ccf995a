import type { SlackPerson } from '#libs/contracts';
import { groupsOfPerson, type Topology } from '#libs/topology';
import { may, type Caller } from '../api/access.js';
import { callerNamed, personInSlack, strangerName } from './slack-person.js';

/** Who answers, as the channel vouches for them. */
export interface Principal {
  readonly name: string;
  /** What asks nobody in particular, in this group. */
  mayApprove(group: string): boolean;
  isAdmin(group: string): boolean;
  readonly memberOf: readonly string[];
}

/** Whoever sent a token of their own. */
export const principalOfCaller = (topology: Topology, caller: Caller): Principal => ({
  name: caller.name,
  mayApprove: (group) => may(caller, 'approve', group),
  isAdmin: (group) => may(caller, 'administer', group),
  memberOf: groupsOfPerson(topology, caller.name),
});

/**
 * Somebody whose name is proven without a token of theirs: what they may do is in signalbox.yaml, or follows from groups
 * that another channel knows them to be in. Nobody becomes an admin this way.
 */
export function principalNamed(topology: Topology, name: string, alsoOf: readonly string[] = []): Principal {
  const caller = callerNamed(topology, name);
  return {
    name,
    mayApprove: (group) => may(caller, 'approve', group),
    isAdmin: () => false,
    memberOf: [...new Set([...groupsOfPerson(topology, name), ...alsoOf])],
  };
}

/** Whoever said it in Slack; a stranger may do nothing, and stands in the audit by their id. */
export function principalInSlack(topology: Topology, person: SlackPerson): Principal {
  const known = personInSlack(topology, person);
  if (known) return principalNamed(topology, known.name, known.memberOf);
  return { name: strangerName(person), mayApprove: () => false, isAdmin: () => false, memberOf: [] };
}
