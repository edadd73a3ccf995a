import { z } from 'zod';
import { HttpUrl, record, SecretRef, Text } from './scalars.js';

const slackId = (of: string, begins: string, example: string) => {
  const form = `the id of a Slack ${of}, for example ${example}`;
  return z.string(form).regex(new RegExp(`^[${begins}][A-Z0-9]{2,20}$`), form);
};

const Connection = z.discriminatedUnion(
  'kind',
  [
    record({
      kind: z.literal('socket'),
      appToken: SecretRef.describe('xapp-…, with the scope connections:write.'),
    }),
    record({
      kind: z.literal('http'),
      signingSecret: SecretRef.describe(
        "The app's signing secret. Slack is to post to /slack/interactions and /slack/commands.",
      ),
    }),
  ],
  'kind: socket, which needs no way in from outside, or kind: http',
);

/** A Slack channel in which people are told, and from which they answer. See docs/slack.md. */
export const SlackText = {
  kind: z.literal('slack'),
  team: slackId('workspace', 'TE', 'T012AB3CD').describe('What comes from another workspace is refused.'),
  channel: slackId('channel', 'CG', 'C012AB3CD'),
  botToken: SecretRef.describe('xoxb-…'),
  connection: Connection,
  people: z
    .record(slackId('person', 'UW', 'U012AB3CD'), Text, 'names by Slack id')
    .describe(
      'Who they are to Signalbox: names that stand in api.tokens or in groups of people. Everybody else only reads.',
    ),
  userGroups: z
    .record(Text, slackId('user group', 'S', 'S012AB3CD'), 'user groups by group of people')
    .default({})
    .describe(
      'Groups of people that also those of `people` belong to who are in a Slack user group: Slack says so, and the notifier hands it on.',
    ),
  relayToken: SecretRef.describe(
    "An API token with the role relay: it may hand in these people's answers, and nothing else.",
  ),
  apiUrl: HttpUrl.default('https://slack.com/api/'),
};
