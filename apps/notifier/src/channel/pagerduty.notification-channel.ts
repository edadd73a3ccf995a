import type { Notification } from '#libs/contracts';
import type { Clock } from '#libs/runtime';
import { ChannelRefusedError, ChannelUnavailableError } from '../errors.js';
import { NotificationChannel } from './notification-channel.js';
import { retryAfterMs } from './webhook.notification-channel.js';

export interface PagerDuty {
  readonly url: string;
  readonly routingKey: string;
  /** What PagerDuty shows as the origin. */
  readonly source: string;
  /** No answer within this is no answer. */
  readonly timeoutMs: number;
}

type Action = 'trigger' | 'resolve';
const TEST = 'notification-test';
/** PagerDuty takes at most this of a summary. */
const SUMMARY_MAX = 1_024;
/** Rules that end what an earlier one of the same subject began. */
const ENDS =
  /^(approval-(granted|approved|denied|expired|superseded|cancelled)|run-closed|run-aborted|stale-run|suspicion-cleared-.*|active-up|name-drift-ended|request-(denied|expired))$/;

/**
 * Events API v2: what is the same to people has the same `dedup_key`, so that it is one alert however often it is told,
 * and is resolved by what ends it.
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export class PagerDutyNotificationChannel extends NotificationChannel {
  constructor(
    private readonly pagerDuty: PagerDuty,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async deliver(notification: Notification, signal: AbortSignal): Promise<void> {
    const { rule } = notification;
    await this.send(notification, ENDS.test(rule) ? 'resolve' : 'trigger', signal);
    // Nothing happened, so there is nothing for anybody to end.
    if (rule === TEST) await this.send(notification, 'resolve', signal);
  }

  private async send(notification: Notification, action: Action, signal: AbortSignal): Promise<void> {
    const response = await this.post(notification, action, signal);
    await response.body?.cancel().catch(() => undefined);
    const { status } = response;
    const answered = `PagerDuty answered ${status}`;
    if (status === 202) return;
    if (status === 429 || status >= 500) {
      const wish = response.headers.get('retry-after');
      throw new ChannelUnavailableError(answered, { retryAfterMs: retryAfterMs(wish, this.clock.now()) });
    }
    throw new ChannelRefusedError(`${answered}: it does not take this event; check the routing key`);
  }

  private async post(notification: Notification, action: Action, signal: AbortSignal): Promise<Response> {
    const { url, timeoutMs } = this.pagerDuty;
    try {
      return await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'signalbox' },
        body: JSON.stringify(this.eventOf(notification, action)),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (error) {
      throw new ChannelUnavailableError(`PagerDuty gave no answer within ${timeoutMs} ms`, { cause: error });
    }
  }

  private eventOf(notification: Notification, action: Action) {
    const { id, group, at, rule, severity, title, body, next, about } = notification;
    const { routingKey, source } = this.pagerDuty;
    return {
      routing_key: routingKey,
      event_action: action,
      dedup_key: `${source}/${subjectOf(notification)}`,
      client: 'Signalbox',
      payload: {
        summary: title.slice(0, SUMMARY_MAX),
        source,
        severity,
        timestamp: new Date(at).toISOString(),
        component: group,
        class: rule,
        custom_details: { notification: id, body, next, ...about },
      },
    };
  }
}

/** What an alert is of: an approval until it is decided, a run until it is closed, else the group. */
function subjectOf({ id, group, rule, about: { approval, run } }: Notification): string {
  if (rule === TEST) return id;
  if (run && (rule.startsWith('start-') || approval === undefined)) return run;
  return approval ?? group;
}
