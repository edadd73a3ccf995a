import type { SlackPerson } from '#libs/contracts';
import type { Topology } from '#libs/topology';
import type { Caller } from '../api/access.js';

/** Somebody in Slack as signalbox.yaml knows them. */
export interface KnownInSlack {
  readonly name: string;
  /** Groups of people whose members Slack's user groups are. */
  readonly memberOf: readonly string[];
}

/**
 * Undefined for everybody whom signalbox.yaml does not name: a relay says ids and nothing else, so that it cannot make
 * anybody up. Of user groups only those count that signalbox.yaml wants from Slack.
 */
export function personInSlack(topology: Topology, person: SlackPerson): KnownInSlack | undefined {
  const { team, user, userGroups } = person;
  for (const channel of topology.channels) {
    if (channel.kind !== 'slack' || channel.team !== team || !Object.hasOwn(channel.people, user)) continue;
    const name = channel.people[user];
    const groups = Object.entries(channel.userGroups).filter(([, id]) => userGroups.includes(id));
    if (name !== undefined) return { name, memberOf: groups.map(([group]) => group) };
  }
  return undefined;
}

/** How a stranger stands in the audit. No name in signalbox.yaml is like it. */
export const strangerName = ({ team, user }: SlackPerson): string => `slack:${team}/${user}`;

/** What a person may do by the tokens that they hold, also where they used none. */
export const callerNamed = ({ api }: Topology, name: string): Caller => ({
  name,
  grants: api.tokens
    .filter((token) => token.name === name)
    .map(({ role, groups }) => ({ role, ...(groups && { groups }) })),
});
