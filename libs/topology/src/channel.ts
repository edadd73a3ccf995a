import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { ChannelIdText, HttpUrl, record, SecretRef, Text } from './scalars.js';

const common = {
  id: ChannelIdText,
  minSeverity: z
    .enum(['info', 'warning', 'critical'])
    .default('info')
    .describe('Only what is at least this severe is told here.'),
};

/** Where people, and their tools, are told what Signalbox decides and does. */
export const ChannelText = z.discriminatedUnion(
  'kind',
  [
    record({
      ...common,
      kind: z.literal('webhook'),
      url: HttpUrl,
      secret: SecretRef.describe(
        'Signs every delivery, HMAC-SHA256 in the form of Standard Webhooks: whsec_ and the base64 of 24 to 64 bytes.',
      ),
    }),
    record({
      ...common,
      kind: z.literal('file'),
      path: Text.describe('Appended to, one CloudEvent a line.'),
    }),
    record({ ...common, kind: z.literal('log') }),
  ],
  "a channel with a kind: 'webhook', 'file' or 'log'",
);
export type Channel = Immutable<z.infer<typeof ChannelText>>;
export type Severity = Channel['minSeverity'];
