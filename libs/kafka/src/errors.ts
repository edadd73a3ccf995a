import { SignalboxError } from '#libs/domain';

/** The broker answered and did not accept who we say we are: a matter of configuration, and no sign of an outage. */
export class KafkaAuthenticationError extends SignalboxError {
  readonly code = 'SB_KAFKA_AUTHENTICATION';
  readonly retryable = false;
}

/** The broker answered and said no; `reason` is Kafka's own name, e.g. `TOPIC_AUTHORIZATION_FAILED`. Nothing was done. */
export class KafkaRefusedError extends SignalboxError {
  readonly code = 'SB_KAFKA_REFUSED';
  readonly retryable = false;

  constructor(
    message: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether the principal lacks the right to do what it asked for. */
export const isAuthorizationFailure = (reason: string): boolean => reason.endsWith('_AUTHORIZATION_FAILED');
