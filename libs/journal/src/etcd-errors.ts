import { messageOf, UnavailableError } from '#libs/domain';

/** etcd answered and did nothing: the request can not be carried out. */
export class EtcdRefusal extends UnavailableError {
  constructor(
    message: string,
    /** @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
    readonly grpcCode: number,
  ) {
    super(message);
  }
}

/** The token has ended, or the member does not know it (any more); nothing was done. */
export class TokenRefused extends EtcdRefusal {}

/** `unsent`: the member never saw the request. `unanswered`: it may have. */
export class Missed extends Error {
  constructor(
    readonly how: 'unsent' | 'unanswered',
    message: string,
    cause?: unknown,
    /** It will not pass by itself, and the message says what to do. */
    readonly needsHands = false,
  ) {
    super(message, { cause });
  }

  /** From what `fetch` threw. */
  static of(where: string, error: unknown): Missed {
    const { code = '', message = messageOf(error) } = causeOf(error);
    const remedy = CERTIFICATE_REMEDIES.find(([pattern]) => pattern.test(code))?.[1];
    if (remedy !== undefined) return new Missed('unsent', `${where}: ${remedy} (${code})`, error, true);
    return new Missed(UNSENT.has(code) ? 'unsent' : 'unanswered', `${where}: ${code || message}`, error);
  }
}

/** The connection was never made. A reset is not among them: it may come after the request. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Handshakes that failed, so that no request followed. */
const CERTIFICATE_REMEDIES: readonly (readonly [code: RegExp, remedy: string])[] = [
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    'its certificate is not trusted: journal.tls.ca in signalbox.yaml must hold the authority that signed it',
  ],
  [/CERT_HAS_EXPIRED/, 'its certificate has expired: renew it at this member'],
  [/CERT_NOT_YET_VALID/, 'its certificate is not valid yet: compare the clocks of both machines'],
  [
    /ALTNAME_INVALID/,
    'its certificate is for another name: correct journal.members, or set journal.tls.serverName in signalbox.yaml',
  ],
  [
    /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|HANDSHAKE_FAILURE)/,
    'it does not accept our certificate: journal.tls.certificate and key in signalbox.yaml must be signed by an ' +
      'authority that the member trusts',
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/, 'it does not speak TLS: write http:// in journal.members'],
];

/** The member said no for good: invalid, not found, forbidden, exhausted, precondition, out of range, unauthenticated. */
const REFUSALS: ReadonlySet<number> = new Set([3, 5, 7, 8, 9, 11, 12, 16]);

const UNAUTHENTICATED = 16;
/** Said with other codes, by what changed since the token was given. */
const TOKEN_PROBLEM = /invalid auth token|revision of auth store is old|user name is empty/;

/** What to do about what etcd says. */
const REMEDIES: readonly (readonly [says: RegExp, remedy: string])[] = [
  [/user name is empty/, 'it asks who we are: set journal.login in signalbox.yaml'],
  [/authentication failed/, 'correct journal.login in signalbox.yaml, or the content of its password file'],
  [
    /permission denied/,
    'give the role of our user what it needs: etcdctl role grant-permission <role> readwrite --prefix=true /signalbox/',
  ],
  [/database space exceeded/, 'compact, defragment and disarm the alarm: see docs/operating.md, "The journal"'],
];

/**
 * A reply that makes no sense (a proxy's page, half a document) is no answer.
 * @throws Missed, EtcdRefusal
 */
export function parseReply(where: string, ok: boolean, text: string): unknown {
  // Plain text, by the HTTP server before the gateway: it does not want to mix up two ways to say who one is.
  if (!ok && text.startsWith('CommonName of client')) {
    const message = 'with a login, our certificate must have no common name: issue journal.tls.certificate without one';
    throw new EtcdRefusal(`${where}: ${message}`, UNAUTHENTICATED);
  }
  let reply: { readonly code?: number; readonly message?: string };
  try {
    reply = JSON.parse(text) as typeof reply;
  } catch (error) {
    throw new Missed('unanswered', `${where}: the answer is not JSON`, error);
  }
  if (ok) return reply;
  throw refusalOf(where, reply.code, reply.message ?? 'refused without a reason');
}

export function refusalOf(where: string, code: number | undefined, says: string): Missed | EtcdRefusal {
  const remedy = REMEDIES.find(([pattern]) => pattern.test(says))?.[1];
  const message = `${where}: ${says}${remedy === undefined ? '' : `: ${remedy}`}`;
  if (code === UNAUTHENTICATED || TOKEN_PROBLEM.test(says)) return new TokenRefused(message, code ?? UNAUTHENTICATED);
  if (code !== undefined && REFUSALS.has(code)) return new EtcdRefusal(message, code);
  return new Missed('unanswered', message);
}

/** `fetch` hides the reason in its error's cause. */
const causeOf = (error: unknown): { readonly code?: string; readonly message?: string } =>
  (error as { readonly cause?: { readonly code?: string; readonly message?: string } }).cause ?? {};
