import { messageOf, OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { Clock, Readiness } from '#libs/runtime';
import { EtcdMembers } from './etcd-members.js';

export interface EtcdOptions {
  /** Client URLs such as `http://127.1.0.1:2379`, in order of preference: the member of the own site first. */
  readonly endpoints: readonly string[];
  /** For one request to one member; a question is put to each member at most once. */
  readonly requestTimeoutMs: number;
}

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

/** `unsent`: the member never saw the request. `unanswered`: it may have. */
class Missed extends Error {
  constructor(
    readonly how: 'unsent' | 'unanswered',
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** The member said no for good: invalid, not found, forbidden, exhausted, precondition, out of range, unauthenticated. */
const REFUSALS: ReadonlySet<number> = new Set([3, 5, 7, 8, 9, 11, 12, 16]);

/** The connection was never made. A reset is not among them: it may come after the request. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Requests to whichever member answers, each with a deadline. */
export class EtcdGateway {
  readonly members: EtcdMembers;
  readonly #closed = new AbortController();

  constructor(
    private readonly options: EtcdOptions,
    clock: Clock,
    readiness?: Readiness,
  ) {
    const anyKey = { key: Buffer.from('/').toString('base64'), count_only: true };
    const answers = (endpoint: string) =>
      this.#post(endpoint, '/v3/kv/range', anyKey).then(
        () => true,
        (error: unknown) => !(error instanceof Missed) || this.#closed.signal.aborted,
      );
    this.members = new EtcdMembers(options.endpoints, answers, clock, options.requestTimeoutMs / 2, readiness);
  }

  /** For what can be repeated: every member is asked in turn until one answers. @throws UnavailableError */
  async ask<Reply>(path: string, body: object): Promise<Reply> {
    return this.#tryEach<Reply>(path, body, () => undefined);
  }

  /** For what must not be repeated: goes on to the next member only when the last one cannot have seen it. */
  async tell<Reply>(path: string, body: object): Promise<Reply> {
    return this.#tryEach<Reply>(path, body, (missed) => {
      if (missed.how === 'unsent') return;
      const advice = 'it may or may not have been made; read before doing anything else';
      throw new OutcomeUnknownError(`${missed.message}: ${advice}`, { cause: missed });
    });
  }

  close(): void {
    this.members.close();
    this.#closed.abort();
  }

  async #tryEach<Reply>(path: string, body: object, onMissed: (missed: Missed) => void): Promise<Reply> {
    const problems: string[] = [];
    for (const endpoint of this.members.inOrder()) {
      try {
        const reply = (await this.#post(endpoint, path, body)) as Reply;
        this.members.answered(endpoint);
        return reply;
      } catch (error) {
        if (!(error instanceof Missed)) throw error;
        this.members.missed(endpoint);
        onMissed(error);
        problems.push(error.message);
      }
    }
    throw new UnavailableError(`no etcd member answered: ${problems.join('; ')}`);
  }

  async #post(endpoint: string, path: string, body: object): Promise<unknown> {
    if (this.#closed.signal.aborted) throw new UnavailableError('the journal was closed');
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.options.requestTimeoutMs)]);
    let response: Response;
    let text: string;
    try {
      response = await fetch(endpoint + path, { method: 'POST', body: JSON.stringify(body), signal });
      text = await response.text();
    } catch (error) {
      throw new Missed(howMissed(error), `${endpoint}${path}: ${reasonOf(error)}`, error);
    }
    return parse(`${endpoint}${path}`, response.ok, text);
  }
}

/** A reply that makes no sense (a proxy's page, half a document) is no answer. */
function parse(where: string, ok: boolean, text: string): unknown {
  let reply: { readonly code?: number; readonly message?: string };
  try {
    reply = JSON.parse(text) as typeof reply;
  } catch (error) {
    throw new Missed('unanswered', `${where}: the answer is not JSON`, error);
  }
  if (ok) return reply;
  const message = `${where}: ${reply.message ?? 'refused without a reason'}`;
  if (reply.code !== undefined && REFUSALS.has(reply.code)) throw new EtcdRefusal(message, reply.code);
  throw new Missed('unanswered', message, reply);
}

/** `fetch` hides the reason in its error's cause. */
const causeOf = (error: unknown): { readonly code?: string; readonly message?: string } =>
  (error as { readonly cause?: { readonly code?: string; readonly message?: string } }).cause ?? {};

const howMissed = (error: unknown): Missed['how'] => (UNSENT.has(causeOf(error).code ?? '') ? 'unsent' : 'unanswered');

const reasonOf = (error: unknown): string => causeOf(error).code ?? causeOf(error).message ?? messageOf(error);
