import type { ChannelOf } from '#libs/topology';

const secret = { file: '/run/secrets/slack' };

/** As signalbox.yaml would have it, with what a test wants otherwise. */
export const slackChannel = (change: Partial<ChannelOf<'slack'>> = {}): ChannelOf<'slack'> => ({
  id: 'ops',
  kind: 'slack',
  minSeverity: 'info',
  team: 'T0WORK',
  channel: 'C0OPS',
  botToken: secret,
  relayToken: secret,
  connection: { kind: 'http', signingSecret: secret },
  people: {},
  userGroups: {},
  apiUrl: 'https://slack.com/api/',
  ...change,
});
