import { z } from 'zod';
import { ApprovalIdWire, GroupIdWire, InstantWire, RunIdWire, SiteIdWire } from './wire.js';

/** What people and their tools are told about one audit entry. */
export const NotificationWire = z.object({
  /** `<group>/<sequence>` of the audit entry: the same whoever delivers it, and however often. Holds no full stop. */
  id: z.string().min(1),
  group: GroupIdWire,
  at: InstantWire,
  rule: z.string().min(1),
  severity: z.enum(['info', 'warning', 'critical']),
  /** One line in plain words, beginning with the group. */
  title: z.string().min(1),
  /** What is known besides, a line each. */
  body: z.array(z.string()).readonly(),
  /** Commands to type. */
  next: z.array(z.string()).readonly(),
  /** What it is about, for tools that answer: the run that moves, the approval that is asked for, the sites named. */
  about: z.object({
    run: RunIdWire.optional(),
    approval: ApprovalIdWire.optional(),
    sites: z.array(SiteIdWire).readonly().optional(),
  }),
});
export type Notification = Readonly<z.infer<typeof NotificationWire>>;
export type NotificationSeverity = Notification['severity'];

/**
 * CloudEvents 1.0, structured mode. `source` and `id` are the same for every copy of one notification, so that a
 * receiver knows a repeated one.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const NotificationEventWire = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.literal('/signalbox/notifier'),
  /** `io.signalbox.<rule>.v1` */
  type: z.string().regex(/^io\.signalbox\..+\.v1$/),
  subject: GroupIdWire,
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: NotificationWire,
});
export type NotificationEvent = Readonly<z.infer<typeof NotificationEventWire>>;

export const notificationEvent = (data: Notification): NotificationEvent => ({
  specversion: '1.0',
  id: data.id,
  source: '/signalbox/notifier',
  type: `io.signalbox.${data.rule}.v1`,
  subject: data.group,
  time: new Date(data.at).toISOString(),
  datacontenttype: 'application/json',
  data,
});
