import type { ApiRole, Topology } from '../topology.js';
import { listed, type Check } from './finding.js';

const namesWhatThereIs: Check = function* ({ channels, groups, sites }) {
  const known = { groups: groups.map(({ id }) => id as string), sites: sites.map(({ id }) => id as string) };
  for (const [at, channel] of channels.entries()) {
    for (const kind of ['groups', 'sites'] as const) {
      for (const [index, name] of (channel[kind] ?? []).entries()) {
        if (known[kind].includes(name)) continue;
        const found = `${name}, which is no ${kind.slice(0, -1)}`;
        yield { at: ['channels', at, kind, index], found, expected: `one of the ${kind}: ${listed(known[kind])}` };
      }
    }
  }
};

/** An app has one address for what people click, and one socket gets what belongs to another channel. */
const oneSlack: Check = function* (topology) {
  for (const { at, channel } of slackIn(topology).slice(1)) {
    const expected = 'one channel of kind slack: its app would get the clicks of both';
    yield { at: ['channels', at, 'kind'], found: `${channel.kind} once more`, expected };
  }
};

const slackIn = ({ channels }: Topology) =>
  channels.flatMap((channel, at) => (channel.kind === 'slack' ? [{ channel, at }] : []));

/** Without one every click would be refused, and found out when it is needed. */
const relayMayHandIn: Check = function* (topology) {
  if (topology.api.tokens.some(({ role }) => role === 'relay')) return;
  for (const { at } of slackIn(topology)) {
    const expected = 'a token of role relay in api.tokens: the hash of what is in the file';
    yield { at: ['channels', at, 'relayToken'], found: 'a token that no orchestrator knows', expected };
  }
};

/** Somebody who may do nothing here is a mistyped name. */
const peopleAreKnown: Check = function* (topology) {
  const { api, approval } = topology;
  const known = new Set([
    ...api.tokens.filter(({ role }) => DOES.includes(role)).map(({ name }) => name),
    ...Object.values(approval.groups).flat(),
  ]);
  for (const { channel, at } of slackIn(topology)) {
    for (const [id, name] of Object.entries(channel.people)) {
      if (known.has(name)) continue;
      const found = `${name}, who may answer nothing`;
      const expected = `somebody of api.tokens who may approve or freeze, or of approval.groups: ${listed(known)}`;
      yield { at: ['channels', at, 'people', id], found, expected };
    }
  }
};
const DOES: readonly ApiRole[] = ['operator', 'approver', 'admin'];

const userGroupsAreOfPeople: Check = function* (topology) {
  const known = Object.keys(topology.approval.groups);
  for (const { channel, at } of slackIn(topology)) {
    for (const group of Object.keys(channel.userGroups)) {
      if (known.includes(group)) continue;
      const expected = `one of approval.groups: ${listed(known)}`;
      yield { at: ['channels', at, 'userGroups', group], found: group, expected };
    }
  }
};

export const channelChecks: readonly Check[] = [
  namesWhatThereIs,
  oneSlack,
  relayMayHandIn,
  peopleAreKnown,
  userGroupsAreOfPeople,
];
