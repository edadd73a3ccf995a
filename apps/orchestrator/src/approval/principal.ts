import { groupsOfPerson, type Topology } from '#libs/topology';
import { may, type Caller } from '../api/access.js';

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
 * Somebody whose name another channel vouches for: what they may do is in signalbox.yaml, or follows from groups that the
 * channel knows them to be in. Nobody becomes an admin this way.
 */
export const principalNamed = (topology: Topology, name: string, alsoOf: readonly string[] = []): Principal => ({
  name,
  mayApprove: (group) =>
    topology.api.tokens.some(
      ({ name: holder, role, groups }) =>
        holder === name && may({ name, grants: [{ role, ...(groups && { groups }) }] }, 'approve', group),
    ),
  isAdmin: () => false,
  memberOf: [...new Set([...groupsOfPerson(topology, name), ...alsoOf])],
});
