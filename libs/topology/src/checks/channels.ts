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
const oneSlack: Check = function* ({ channels }) {
  const slack = channels.flatMap((channel, at) => (channel.kind === 'slack' ? [{ channel, at }] : []));
  for (const { at, channel } of slack.slice(1)) {
    const expected = 'one channel of kind slack: its app would get the clicks of both';
    yield { at: ['channels', at, 'kind'], found: `${channel.kind} once more`, expected };
  }
};

export const channelChecks: readonly Check[] = [namesWhatThereIs, oneSlack];
