import type { Notification } from '#libs/contracts';
import type { Log } from '#libs/runtime';
import { NotificationChannel } from './notification-channel.js';

const LEVEL = { info: 'info', warning: 'warn', critical: 'error' } as const;

/** Into the notifier's own log, for whatever collects it. */
export class LogNotificationChannel extends NotificationChannel {
  constructor(private readonly log: Log) {
    super();
  }

  override async deliver({ severity, title, id, ...rest }: Notification): Promise<void> {
    this.log[LEVEL[severity]]({ notification: id, severity, ...rest }, title);
  }
}
