import type { Notification } from '#libs/contracts';
import { NotificationChannel } from './notification-channel.js';

/** A receiver that a test plays. */
export class InMemoryNotificationChannel extends NotificationChannel {
  readonly received: Notification[] = [];
  /** What happens before a notification is taken; a rejection keeps it from being taken. */
  answers: (notification: Notification, signal: AbortSignal) => Promise<void> | void = () => undefined;

  override async deliver(notification: Notification, signal: AbortSignal): Promise<void> {
    await this.answers(notification, signal);
    this.received.push(notification);
  }
}
