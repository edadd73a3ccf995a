import type { Notification } from '#libs/contracts';

/**
 * Port: one way to tell people or tools. A call is one attempt and keeps nothing for later; who calls repeats it, so a
 * receiver may get a notification twice, and knows it by its `id`. Adapters: webhook, file, log, in-memory.
 */
export abstract class NotificationChannel {
  /**
   * Returns when the receiver has taken it. Gives up soon after `signal` aborts.
   * @throws ChannelUnavailableError when it may succeed later. Also when no answer came: the receiver may have it.
   * @throws ChannelRefusedError when the receiver will never take this one.
   * @throws ChannelGoneError when the receiver wants no other one either.
   */
  abstract deliver(notification: Notification, signal: AbortSignal): Promise<void>;
}
