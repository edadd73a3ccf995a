import { z } from 'zod';
import type { Immutable } from './immutable.js';
import {
  ChannelIdText,
  Endpoint,
  GroupIdText,
  HttpUrl,
  Milliseconds,
  record,
  SecretRef,
  SiteIdText,
  Text,
} from './scalars.js';
import { SlackText } from './slack.js';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const TIME_FORM = 'a time of day like 08:30';
const TimeOfDay = z.string(TIME_FORM).regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME_FORM);
const ZONE_FORM = 'a time zone like Europe/Berlin, or UTC';
const TimeZone = z.string(ZONE_FORM).refine(isTimeZone, ZONE_FORM);

const Hours = record({
  from: TimeOfDay,
  to: TimeOfDay.describe('Before `from`: until then on the next day.'),
  days: z
    .array(z.enum(DAYS), `a list of ${DAYS.join(', ')}`)
    .min(1, 'at least one day')
    .default([...DAYS]),
  timeZone: TimeZone.default('UTC'),
});

/** What is told here: everything that fits all of it. */
const routing = {
  id: ChannelIdText,
  minSeverity: z
    .enum(['info', 'warning', 'critical'])
    .default('info')
    .describe('Only what is at least this severe is told here.'),
  groups: z.array(GroupIdText, 'a list of groups').min(1).optional().describe('Only what is about one of these.'),
  sites: z
    .array(SiteIdText, 'a list of sites')
    .min(1)
    .optional()
    .describe('Only what names one of these, or no site at all.'),
  hours: Hours.optional().describe('Only what was decided within these hours. Say for yourself who is told at others.'),
  afterMs: Milliseconds.optional().describe(
    'Escalation: told only of approvals that nobody has decided this long after they were asked for.',
  ),
};

const ADDRESS_FORM = 'an e-mail address like oncall@example.com';
/** Neither a display name nor anything that could begin another header. */
const MailAddress = z
  .string(ADDRESS_FORM)
  .regex(/^[^\s<>"(),:;@\\]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, ADDRESS_FORM);

const Smtp = record({
  server: Endpoint.describe('Submission: mostly port 587, or 465 with tls: implicit.'),
  tls: z
    .enum(['starttls', 'implicit', 'none'])
    .default('starttls')
    .describe('starttls and implicit refuse a server without, or with a certificate that is not trusted.'),
  login: record({ user: Text, password: SecretRef }).optional(),
});

/** Where people, and their tools, are told what Signalbox decides and does. */
export const ChannelText = z.discriminatedUnion(
  'kind',
  [
    record({
      ...routing,
      kind: z.literal('webhook'),
      url: HttpUrl,
      secret: SecretRef.describe(
        'Signs every delivery, HMAC-SHA256 in the form of Standard Webhooks: whsec_ and the base64 of 24 to 64 bytes.',
      ),
      allowLinkLocal: z
        .boolean('true or false')
        .default(false)
        .describe('Also to link-local addresses, where clouds hand out credentials to whoever asks.'),
    }),
    record({ ...routing, ...SlackText }),
    record({
      ...routing,
      kind: z.literal('pagerduty'),
      routingKey: SecretRef.describe('The integration key of an Events API v2 integration.'),
      url: HttpUrl.default('https://events.pagerduty.com/v2/enqueue'),
    }),
    record({
      ...routing,
      kind: z.literal('email'),
      smtp: Smtp,
      from: MailAddress,
      to: z.array(MailAddress, 'a list of addresses').min(1, 'at least one address'),
    }),
    record({
      ...routing,
      kind: z.literal('file'),
      path: Text.describe('Appended to, one CloudEvent a line.'),
    }),
    record({ ...routing, kind: z.literal('log') }),
  ],
  "a channel with a kind: 'webhook', 'slack', 'pagerduty', 'email', 'file' or 'log'",
);
export type Channel = Immutable<z.infer<typeof ChannelText>>;
export type ChannelOf<Kind extends Channel['kind']> = Extract<Channel, { readonly kind: Kind }>;
export type Hours = Immutable<z.infer<typeof Hours>>;
export type Severity = Channel['minSeverity'];

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
