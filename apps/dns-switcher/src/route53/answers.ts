import { SignalboxError } from '#libs/domain';
import type { Applied } from '../name-provider.js';
import { ProviderRejectedError } from '../errors.js';

/** What Route 53 or the way to it said to a request that did not succeed. */
export type Failure =
  | Extract<Applied, { readonly outcome: 'throttled' | 'transient' | 'unknown' | 'misconfigured' }>
  /** What it compared was not as the request said; `reason` in its own words. */
  | { readonly outcome: 'differs'; readonly reason: string };

const THROTTLED = ['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'LimitExceeded'];
const BUSY = ['PriorRequestNotComplete', 'ConcurrentModification'];
/** Nobody was reached: what the request asked for was not done. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const DIFFERS = /but it was not found|do not match the current values|but it already exists/;

const REMEDIES: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'there are no AWS credentials: name them in signalbox.yaml, or give this process a role',
  MissingAuthenticationToken: 'the request carries no signature: give this process AWS credentials',
  InvalidClientTokenId: 'the access key is unknown there: correct it, or create it',
  UnrecognizedClientException: 'the access key is unknown there: correct it, or create it',
  SignatureDoesNotMatch:
    'the secret is another one than that of the access key, or the clocks differ by more than 5 minutes',
  AccessDenied:
    'give the role route53:ListResourceRecordSets, ChangeResourceRecordSets and GetHostedZone on the hosted zone, and GetChange on *',
  NoSuchHostedZone: 'correct hostedZoneId; it is the Z… of the zone, in the account of these credentials',
  NoSuchHealthCheck: 'correct healthCheckId, or create the health check',
  InvalidChangeBatch: 'change signalbox.yaml so that the set may stand beside those that are there',
};

/** Of an error of the SDK; a `mutation` that was not answered may have been carried out. Pure. */
export function failureOf(error: unknown, isMutation: boolean): Failure {
  if (error instanceof SignalboxError) return { outcome: 'misconfigured', error };
  const { name, code, status } = detailsOf(error);
  const said = saidBy(error);
  const reason = `Route 53: ${name}: ${said}`;
  if (THROTTLED.includes(name)) return { outcome: 'throttled', reason };
  if (BUSY.includes(name)) return { outcome: 'throttled', reason };
  if (name === 'InvalidChangeBatch' && DIFFERS.test(said)) return { outcome: 'differs', reason };
  if (code !== undefined && NOT_CONNECTED.includes(code)) return { outcome: 'transient', reason };
  // Temporary credentials are renewed by whoever gave them.
  if (name === 'ExpiredToken' || name === 'ExpiredTokenException') return { outcome: 'transient', reason };
  if (name === 'CredentialsProviderError' || (status !== undefined && status >= 400 && status < 500))
    return {
      outcome: 'misconfigured',
      error: new ProviderRejectedError('Route 53', name, said, remedy(name)),
    };
  return { outcome: isMutation ? 'unknown' : 'transient', reason };
}

const saidBy = (error: unknown): string =>
  String((error as { readonly message?: unknown } | undefined)?.message ?? error);

const remedy = (name: string): string => REMEDIES[name] ?? 'correct what it says in signalbox.yaml or at AWS';

/** The errors of sockets and of the SDK have these; an error that has none of them is nobody's answer. */
interface Details {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function detailsOf(error: unknown): { readonly name: string; readonly code?: string; readonly status?: number } {
  const { name = 'Error', code, $metadata } = (error ?? {}) as Details;
  const status = $metadata?.httpStatusCode;
  return { name, ...(code !== undefined && { code }), ...(status !== undefined && { status }) };
}
