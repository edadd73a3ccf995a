import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog } from '#libs/runtime';
import { MailServer } from '../../../../test/support/mail-server.js';
import { EmailNotificationChannel, type Mailbox } from './email.notification-channel.js';
import { notification, notificationChannelConformance } from './notification-channel.conformance.js';

const never = new AbortController().signal;
const channelTo = ({ port }: { readonly port: number }, change: Partial<Mailbox> = {}) =>
  new EmailNotificationChannel(
    {
      host: '127.0.0.1',
      port,
      tls: 'none',
      login: { user: MailServer.USER, password: MailServer.PASSWORD },
      from: 'signalbox@example.com',
      to: ['oncall@example.com', 'lead@example.com'],
      timeoutMs: 20_000,
      ...change,
    },
    new InMemoryLog(),
  );

notificationChannelConformance(EmailNotificationChannel.name, async () => {
  const server = await MailServer.start();
  return {
    channel: channelTo(server),
    received: async () =>
      server.mails.map(({ headers, body }) => ({
        id: headers['x-signalbox-notification'] ?? '',
        title: body.split('\n')[0] ?? '',
      })),
    break: async () => void (server.refusesWith = 451),
    mend: async () => void (server.refusesWith = undefined),
    end: () => server.end(),
  };
});

describe(EmailNotificationChannel.name, () => {
  let server: MailServer;
  beforeEach(async () => {
    server = await MailServer.start();
  });
  afterEach(() => server.end());

  it('is one conversation of what is about one thing, and the same mail when it comes twice', async () => {
    for (const sequence of [1, 2, 2]) await channelTo(server).deliver(notification(sequence), never);
    const [first, second, third] = server.mails.map(({ headers }) => headers);
    expect(second?.['references']).toBe(first?.['references']);
    expect(third?.['message-id']).toBe(second?.['message-id']);
    expect(first?.['auto-submitted']).toBe('auto-generated');
  });

  it('lets nothing from outside become a header, an address or a second mail', async () => {
    const title = 'orders\r\nBcc: evil@example.net\r\n\r\nanother body\u2028X: y';
    const body = ['line\r\n.\r\nMAIL FROM:<evil@example.net>'];
    await channelTo(server).deliver(notification(1, { title, body, id: 'orders/1\r\nX-Evil: 1' }), never);
    const [mail] = server.mails;
    expect(server.mails).toHaveLength(1);
    expect(mail?.to).toEqual(['oncall@example.com', 'lead@example.com']);
    expect(Object.keys(mail?.headers ?? {})).not.toEqual(expect.arrayContaining(['bcc']));
    expect(Object.keys(mail?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-evil']));
    expect(mail?.headers['subject']).toContain('orders Bcc: evil@example.net another body X: y');
  });

  it('may be tried again when the password is wrong, and names neither it nor the user', async () => {
    const login = { user: MailServer.USER, password: 'a wrong secret' };
    const failure = await channelTo(server, { login })
      .deliver(notification(1), never)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE' });
    expect(String(failure)).not.toContain('a wrong secret');
  });

  it('gives up a mail that the server refuses for good', async () => {
    server.refusesWith = 554;
    await expect(channelTo(server).deliver(notification(1), never)).rejects.toMatchObject({
      code: 'SB_CHANNEL_REFUSED',
    });
  });

  it('sends nothing to a server without TLS, unless that is asked for', async () => {
    const failure = channelTo(server, { tls: 'starttls' }).deliver(notification(1), never);
    await expect(failure).rejects.toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE' });
    expect(server.mails).toEqual([]);
  });
});
