import { UnavailableError, type Json } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { Agent, request as send } from 'undici';
import { failureFrom, failureWithout, type Asked } from './answers.js';
import type { Credentials, LoadCredentials } from './credentials.js';
import { KubernetesForbiddenError } from './errors.js';
import { Places } from './places.js';

/** As client-go does: a mounted token is replaced long before it ends. */
const CREDENTIALS_FOR_MS = 60_000;
/** Requests under way at a time, whatever there is to be looked at. */
const AT_ONCE = 16;
const MERGE_PATCH = 'application/merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

export interface ApiServerOptions {
  /** Of one request, its wait for a place included. */
  readonly callTimeoutMs: number;
}

interface Request extends Asked {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: Json;
}

interface Connection {
  readonly credentials: Credentials;
  readonly agent: Agent;
  readonly loadedAtMs: number;
}

/**
 * The API server of one site, over its REST interface. Each call has a deadline of its own: a server that is frozen
 * never answers. Answers are left to the caller to decode.
 */
export class ApiServer {
  readonly #places = new Places(AT_ONCE);
  #connection: Promise<Connection> | undefined;

  constructor(
    private readonly load: LoadCredentials,
    private readonly clock: Clock,
    private readonly options: ApiServerOptions,
  ) {}

  /** @throws KubernetesMissingError, KubernetesForbiddenError, KubeconfigError, UnavailableError */
  async read(what: string, path: string, signal: AbortSignal, query: Request['query'] = {}): Promise<unknown> {
    return this.#ask({ what, path, query, method: 'GET', isWrite: false }, signal);
  }

  /**
   * Server-side apply as `manager`, taking over what others had. What `manager` applied before and `body` leaves out is
   * removed; a resourceVersion in `body` is compared. Answers what is there now.
   * @throws as `read`, and KubernetesConflictError, AdmissionRefusedError, KubernetesInvalidError, OutcomeUnknownError
   */
  async apply(what: string, path: string, manager: string, body: Json, signal: AbortSignal): Promise<unknown> {
    const query = { fieldManager: manager, force: 'true', fieldValidation: 'Strict' };
    return this.#ask({ what, path, query, body, contentType: APPLY_PATCH, method: 'PATCH', isWrite: true }, signal);
  }

  /** A JSON merge patch, which custom resources take as well. @throws as `apply` */
  async merge(what: string, path: string, manager: string, body: Json, signal: AbortSignal): Promise<unknown> {
    const query = { fieldManager: manager };
    return this.#ask({ what, path, query, body, contentType: MERGE_PATCH, method: 'PATCH', isWrite: true }, signal);
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.agent.destroy();
  }

  async #ask(asked: Request, superseded: AbortSignal): Promise<unknown> {
    const deadline = AbortSignal.any([superseded, AbortSignal.timeout(this.options.callTimeoutMs)]);
    return this.#places.take(deadline, async (isFree) => {
      if (!isFree) throw new UnavailableError(`${asked.what} was not asked for in time`);
      try {
        return await this.#answered(asked, deadline, await this.#connected());
      } catch (error) {
        if (!(error instanceof KubernetesForbiddenError)) throw error;
        const renewed = await this.#renewed();
        if (renewed === undefined) throw error;
        return this.#answered(asked, deadline, renewed);
      }
    });
  }

  async #answered(asked: Request, signal: AbortSignal, { credentials, agent }: Connection): Promise<unknown> {
    const { method, path, query = {}, contentType, body } = asked;
    const url = new URL(credentials.server + path);
    for (const [name, text] of Object.entries(query)) url.searchParams.set(name, text);
    try {
      const answer = await send(url, {
        method,
        signal,
        dispatcher: agent,
        headers: {
          accept: 'application/json',
          ...(contentType && { 'content-type': contentType }),
          ...(credentials.token && { authorization: `Bearer ${credentials.token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw failureFrom(answer.statusCode, text, asked);
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw failureWithout(error, asked);
    }
  }

  async #connected(): Promise<Connection> {
    const current = await this.#connection?.catch(() => undefined);
    if (current && this.clock.monotonicMs() - current.loadedAtMs < CREDENTIALS_FOR_MS) return current;
    return this.#loaded(current);
  }

  /** Undefined when they are the same: asking again would get the same answer. */
  async #renewed(): Promise<Connection | undefined> {
    const before = await this.#connection?.catch(() => undefined);
    const now = await this.#loaded(before);
    return JSON.stringify(before?.credentials) === JSON.stringify(now.credentials) ? undefined : now;
  }

  /** One at a time; connections are kept for as long as what they were made with is the same. */
  #loaded(before: Connection | undefined): Promise<Connection> {
    this.#connection = this.load().then((credentials) => {
      const loadedAtMs = this.clock.monotonicMs();
      if (before && isSameTls(before.credentials, credentials)) return { credentials, agent: before.agent, loadedAtMs };
      // What is under way over the old connections ends first.
      void before?.agent.close();
      return { credentials, agent: agentFor(credentials, this.options.callTimeoutMs), loadedAtMs };
    });
    return this.#connection;
  }
}

const isSameTls = ({ token: _one, ...before }: Credentials, { token: _other, ...now }: Credentials): boolean =>
  JSON.stringify(before) === JSON.stringify(now);

const agentFor = ({ ca, certificate, key, serverName, isUnverified }: Credentials, timeout: number): Agent =>
  new Agent({
    connections: AT_ONCE,
    connect: {
      timeout,
      ...(ca && { ca }),
      ...(certificate && { cert: certificate }),
      ...(key && { key }),
      ...(serverName && { servername: serverName }),
      ...(isUnverified && { rejectUnauthorized: false }),
    },
  });
