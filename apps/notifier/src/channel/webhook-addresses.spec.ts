import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardedFetch, isLinkLocal, LinkLocalError, SystemClock } from '#libs/runtime';
import { WebhookReceiver } from '../../../../test/support/webhook-receiver.js';
import { notification } from './notification-channel.conformance.js';
import { WebhookNotificationChannel } from './webhook.notification-channel.js';

describe(guardedFetch.name, () => {
  it.each(['169.254.169.254', '169.254.0.1', 'fe80::1', 'fd00:ec2::254', '100.100.100.200', '::ffff:169.254.169.254'])(
    'goes nowhere near %s',
    (address) => expect(isLinkLocal(address)).toBe(true),
  );

  it.each(['127.0.0.1', '10.1.0.5', '192.168.1.1', '::1', '2001:db8::1', '169.253.0.1'])('may go to %s', (address) =>
    expect(isLinkLocal(address)).toBe(false),
  );

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fe80::1]/',
  ])('refuses %s however it is written', async (url) => {
    await expect(guardedFetch(url, { method: 'POST' })).rejects.toThrow(LinkLocalError);
  });
});

describe(WebhookNotificationChannel.name, () => {
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(() => receiver.end());

  const deliver = (url: string, allowLinkLocal?: boolean) => {
    const webhook = { url, key: WebhookReceiver.KEY, timeoutMs: 20_000, ...(allowLinkLocal && { allowLinkLocal }) };
    const channel = new WebhookNotificationChannel(webhook, new SystemClock());
    return channel.deliver(notification(1), new AbortController().signal);
  };

  it('gives up what would be told to a metadata address, and says why', async () => {
    const failure = deliver('http://169.254.169.254/hook?token=secret').catch((error: unknown) => error);
    expect(await failure).toMatchObject({
      code: 'SB_CHANNEL_REFUSED',
      message: expect.stringMatching(/^http:\/\/169\.254\.169\.254: it leads to a link-local or metadata address/),
    });
  });

  it('tells everybody else', async () => {
    await deliver(receiver.origin);
    expect(receiver.deliveries).toHaveLength(1);
  });
});
