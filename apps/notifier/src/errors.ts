import { SignalboxError } from '#libs/domain';

/** The channel did not take a notification now, or no answer came: the same one is delivered again, under the same id. */
export class ChannelUnavailableError extends SignalboxError {
  readonly code = 'SB_CHANNEL_UNAVAILABLE';
  readonly retryable = true;

  constructor(
    message: string,
    options?: ErrorOptions & {
      /** How long the receiver wants to be left alone. */
      readonly retryAfterMs?: number | undefined;
    },
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }

  readonly retryAfterMs: number | undefined;
}

/** The receiver answered that it will not take this notification: it is given up. */
export class ChannelRefusedError extends SignalboxError {
  readonly code = 'SB_CHANNEL_REFUSED';
  readonly retryable = false;
}

/** The receiver wants nothing more: the channel rests until the process is started anew. */
export class ChannelGoneError extends SignalboxError {
  readonly code = 'SB_CHANNEL_GONE';
  readonly retryable = false;
}

/** A webhook's secret cannot sign. Says nothing of its content. */
export class WebhookSecretError extends SignalboxError {
  readonly code = 'SB_WEBHOOK_SECRET_INVALID';
  readonly retryable = false;
}
