import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import { freePort } from '../../../../test/support/free-port.js';
import { answering, silence, WebhookReceiver } from '../../../../test/support/webhook-receiver.js';
import { notification, notificationChannelConformance } from './notification-channel.conformance.js';
import { retryAfterMs, WebhookNotificationChannel } from './webhook.notification-channel.js';

const clock = new SystemClock();
const never = new AbortController().signal;
const channelTo = ({ origin }: { origin: string }, timeoutMs = 20_000) =>
  new WebhookNotificationChannel(
    { url: `${origin}/hook/path-secret?key=query-secret`, key: WebhookReceiver.KEY, timeoutMs },
    clock,
  );

notificationChannelConformance(WebhookNotificationChannel.name, async () => {
  const receiver = await WebhookReceiver.start();
  const taken: { id: string; title: string }[] = [];
  receiver.otherwise = (response, { event }) => {
    taken.push({ id: event.data.id, title: event.data.title });
    response.writeHead(200).end('thank you');
  };
  return {
    channel: channelTo(receiver),
    received: async () => taken,
    break: async () => void receiver.answers.push(answering(503)),
    mend: async () => undefined,
    end: () => receiver.end(),
  };
});

describe(WebhookNotificationChannel.name, () => {
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(() => receiver.end());

  const failureOf = (signal = never, timeoutMs?: number, to: { readonly origin: string } = receiver) =>
    channelTo(to, timeoutMs)
      .deliver(notification(7), signal)
      .then(
        () => undefined,
        (error: unknown) => error as Error,
      );

  it('posts a CloudEvent that is signed, with the notification as its id', async () => {
    await channelTo(receiver).deliver(notification(7), never);
    const [delivery] = receiver.deliveries;
    expect(delivery).toMatchObject({
      isGenuine: true,
      headers: { 'content-type': 'application/cloudevents+json', 'webhook-id': 'orders/7' },
      event: { specversion: '1.0', id: 'orders/7', type: 'io.signalbox.stage-done.v1', data: notification(7) },
    });
  });

  it('signs anew at every attempt, under the same id', async () => {
    const times = [1_000_000, 61_000_000];
    const later = new SystemClock();
    later.now = () => times.shift() as never;
    const channel = new WebhookNotificationChannel(
      { url: receiver.origin, key: WebhookReceiver.KEY, timeoutMs: 20_000 },
      later,
    );
    await channel.deliver(notification(7), never);
    await channel.deliver(notification(7), never);
    const seen = receiver.deliveries.map(({ headers, isGenuine }) => [
      headers['webhook-id'],
      headers['webhook-timestamp'],
      isGenuine,
    ]);
    expect(seen).toEqual([
      ['orders/7', '1000', true],
      ['orders/7', '61000', true],
    ]);
  });

  it.each([500, 502, 503, 504, 408, 429])('may be tried again after %i', async (status) => {
    receiver.otherwise = answering(status);
    const failure = await failureOf();
    expect(failure).toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE', retryable: true });
    expect(failure?.message).toBe(`${receiver.origin} answered ${status}`);
  });

  it('passes on for how long the receiver wants to be left alone', async () => {
    receiver.otherwise = answering(429, { 'retry-after': '120' });
    expect(await failureOf()).toMatchObject({ retryAfterMs: 120_000 });
  });

  it.each([400, 401, 403, 404, 413, 415])('is refused for good by %i', async (status) => {
    receiver.otherwise = answering(status);
    expect(await failureOf()).toMatchObject({ code: 'SB_CHANNEL_REFUSED', retryable: false });
  });

  it('is not wanted any more after 410', async () => {
    receiver.otherwise = answering(410);
    expect(await failureOf()).toMatchObject({ code: 'SB_CHANNEL_GONE', retryable: false });
  });

  it.each([301, 302, 307, 308])('follows no redirect: %i', async (status) => {
    const elsewhere = await WebhookReceiver.start();
    try {
      receiver.otherwise = answering(status, { location: `${elsewhere.origin}/` });
      const failure = await failureOf();
      expect(failure).toMatchObject({ code: 'SB_CHANNEL_REFUSED' });
      expect(failure?.message).toContain('redirects are not followed');
      expect(elsewhere.deliveries).toEqual([]);
    } finally {
      await elsewhere.end();
    }
  });

  it('waits no longer than its time-out, and not for what was stopped', async () => {
    receiver.otherwise = silence;
    const failure = await failureOf(never, 200);
    expect(failure).toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE' });
    expect(failure?.message).toContain('none within 200 ms');
    expect(await failureOf(AbortSignal.timeout(100))).toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE' });
  });

  it('says that nobody listens, and never shows what may be a secret', async () => {
    const failures = [];
    for (const status of [302, 404, 410, 503]) {
      receiver.otherwise = answering(status);
      failures.push(await failureOf());
    }
    const nobody = { origin: `http://127.0.0.1:${await freePort()}` };
    failures.push(await failureOf(never, undefined, nobody));
    expect(failures.at(-1)?.message).toContain('ECONNREFUSED');
    for (const failure of failures) {
      expect(failure?.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ /);
      expect(failure?.message).not.toContain('secret');
    }
  });
});

describe(retryAfterMs.name, () => {
  const now = Date.UTC(2026, 10, 21, 3);
  it.each([
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['0', 0],
    ['120', 120_000],
    ['Sat, 21 Nov 2026 03:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 02:59:00 GMT', 0],
  ])('reads %j', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
