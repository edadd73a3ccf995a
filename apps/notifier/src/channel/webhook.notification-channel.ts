import { notificationEvent, type Notification } from '#libs/contracts';
import { guardedFetch, LinkLocalError, type Clock } from '#libs/runtime';
import { ChannelGoneError, ChannelRefusedError, ChannelUnavailableError } from '../errors.js';
import { NotificationChannel } from './notification-channel.js';
import { signedHeaders } from './webhook-signature.js';

export interface Webhook {
  readonly url: string;
  /** Signs every delivery. */
  readonly key: Buffer;
  /** No answer within this is no answer. */
  readonly timeoutMs: number;
  /** Also to addresses where clouds hand out credentials. */
  readonly allowLinkLocal?: boolean;
}

/** Time-out and rate limit among the 4xx: the same request may succeed later. */
const LATER = [408, 429];
const GONE = 410;

/** POSTs a CloudEvent, signed. Follows no redirect, since that would hand the event to somebody else. */
export class WebhookNotificationChannel extends NotificationChannel {
  /** What messages call it: path and query may hold secrets. */
  private readonly receiver: string;

  constructor(
    private readonly webhook: Webhook,
    private readonly clock: Clock,
  ) {
    super();
    this.receiver = new URL(webhook.url).origin;
  }

  override async deliver(notification: Notification, signal: AbortSignal): Promise<void> {
    const response = await this.post(notification, signal);
    // Nobody reads it, and it must not hold the connection.
    await response.body?.cancel().catch(() => undefined);
    const { status } = response;
    const answered = `${this.receiver} answered ${status}`;
    if (status >= 200 && status < 300) return;
    if (status === GONE) throw new ChannelGoneError(`${answered}: it wants nothing more`);
    if (status >= 500 || LATER.includes(status)) {
      const wish = response.headers.get('retry-after');
      throw new ChannelUnavailableError(answered, { retryAfterMs: retryAfterMs(wish, this.clock.now()) });
    }
    const hint = status < 400 ? '; redirects are not followed: write the address it moved to' : '';
    throw new ChannelRefusedError(`${answered}${hint}`);
  }

  private async post(notification: Notification, signal: AbortSignal) {
    const { url, key, timeoutMs, allowLinkLocal } = this.webhook;
    const send = allowLinkLocal === true ? fetch : guardedFetch;
    const body = JSON.stringify(notificationEvent(notification));
    const signature = signedHeaders({ id: notification.id, at: new Date(this.clock.now()), body }, key);
    try {
      return await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json', 'user-agent': 'signalbox', ...signature },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (error) {
      if (causeOf(error) instanceof LinkLocalError)
        throw new ChannelRefusedError(`${this.receiver}: ${LinkLocalError.WHY}`);
      // Never the error's own message: it can hold the address.
      throw new ChannelUnavailableError(`${this.receiver} gave no answer: ${reasonOf(error, timeoutMs)}`, {
        cause: error,
      });
    }
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  return name === 'TimeoutError' ? `none within ${timeoutMs} ms` : (cause?.code ?? name ?? 'unknown reason');
}

const causeOf = (error: unknown): unknown => (error as { readonly cause?: unknown }).cause ?? error;
