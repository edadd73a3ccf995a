import { AuthenticationError, MultipleErrors, ProtocolError, ResponseError, UserError } from '@platformatic/kafka';
import { UnavailableError } from '#libs/domain';
import { KafkaAuthenticationError, KafkaRefusedError } from './errors.js';

/** Kafka's own names of the error codes in an answer, e.g. `NOT_ENOUGH_REPLICAS`; empty when it was no answer at all. */
export const reasonsIn = (error: unknown): readonly string[] =>
  error instanceof ResponseError
    ? error.errors
        .filter((one): one is ProtocolError => one instanceof ProtocolError)
        .map((one) => String(one['apiId']))
    : [];

/** The answer an error carries beside its error codes: some partitions of it may be good. */
export const answerIn = (error: unknown): unknown => (error instanceof ResponseError ? error['response'] : undefined);

/** Who said no to what: `The broker of cluster a as app answered TOPIC_AUTHORIZATION_FAILED for topic orders.` */
export const refusedBy = (
  who: string,
  what: string,
  error: unknown,
): KafkaRefusedError | UnavailableError | undefined => {
  const [reason] = reasonsIn(error);
  if (reason === undefined) return undefined;
  const message = `The broker of ${who} answered ${reason} for ${what}.`;
  return TRANSIENT.includes(reason)
    ? new UnavailableError(message, { cause: error })
    : new KafkaRefusedError(message, reason, { cause: error });
};

/** Leadership is moving, or has not settled yet: the same call can succeed in a moment. */
const TRANSIENT = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'LEADER_NOT_AVAILABLE',
  'NOT_CONTROLLER',
  'NOT_COORDINATOR',
  'NOT_LEADER_OR_FOLLOWER',
];

/**
 * Whether the network or the broker failed, and not this process: a wrong call (the client's UserError) or a bug must
 * never look like an outage.
 */
export const isOutage = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('PLT_KFK_') && !(error instanceof UserError) && !causedByUser(error);
};

const causedByUser = (error: unknown): boolean =>
  error instanceof Error && (error.cause instanceof UserError || causedByUser(error.cause));

/** What the operating system or the client said at the bottom of it. */
export const rootMessage = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
};

export const loginRefusedBy = (where: string, error: unknown): KafkaAuthenticationError | undefined =>
  saysNoToLogin(error)
    ? new KafkaAuthenticationError(`${where} refused the login. Check user, password and SASL mechanism.`, {
        cause: error,
      })
    : undefined;

const LOGIN_REASONS = ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'];

const saysNoToLogin = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (reasonsIn(error).some((reason) => LOGIN_REASONS.includes(reason))) return true;
  if (error instanceof MultipleErrors && error.errors.some(saysNoToLogin)) return true;
  if (saysNoToLogin(error.cause)) return true;
  return error instanceof AuthenticationError && !(error.cause instanceof Error);
};
