import { UnavailableError, type Json } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { Agent, request as send } from 'undici';
import { failureFrom, failureWithout, type Asked } from './answers.js';
import type { Credentials, LoadCredentials } from './credentials.js';
import { KubernetesForbiddenError } from './errors.js';
import { linesOf } from './lines.js';
import { Places } from './places.js';

/** As client-go does: a mounted token is replaced long before it ends. */
const CREDENTIALS_FOR_MS = 60_000;
/** Requests under way at a time, whatever there is to be looked at. */
const AT_ONCE = 16;
/** Of watches, which take no place: over HTTP/2 each carries a hundred of them. */
const WATCHING_CONNECTIONS = 4;
/** Of one watch. The server ends it then, and it is begun anew. */
const WATCH_SECONDS = 600;
/** Longer than between two of its bookmarks. */
const SILENT_FOR_MS = 90_000;
/**
 * Longer than a watch is away. undici 8.12 ends an HTTP/2 session that rests for longer than this with an error, which was
 * seen once where nobody could catch it; requests, which rest often, are left to HTTP/1.1 for that.
 */
const KEPT_OPEN_MS = 2 * WATCH_SECONDS * 1_000;
const MERGE_PATCH = 'application/merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

export interface ApiServerOptions {
  /** Of one request, its wait for a place included. */
  readonly callTimeoutMs: number;
}

export interface ApplyOptions {
  /** Takes over what others have; true when absent. Without it their values are a conflict. */
  readonly isForced?: boolean;
  /** All of it but the writing: rights, schema and admission are judged. */
  readonly isDryRun?: boolean;
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
  /** On its own: over HTTP/1.1 a watch has a connection for itself, and would take it from requests. */
  readonly watching: Agent;
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
   * Server-side apply as `manager`, which makes what is not there. What `manager` applied before and `body` leaves out is
   * removed; a resourceVersion in `body` is compared. Answers what is there now.
   * @throws as `read`, and KubernetesConflictError, AdmissionRefusedError, KubernetesInvalidError, OutcomeUnknownError
   */
  async apply(
    what: string,
    path: string,
    manager: string,
    body: Json,
    signal: AbortSignal,
    { isForced = true, isDryRun = false }: ApplyOptions = {},
  ): Promise<unknown> {
    const query = {
      fieldManager: manager,
      force: String(isForced),
      fieldValidation: 'Strict',
      ...(isDryRun && { dryRun: 'All' }),
    };
    return this.#ask({ what, path, query, body, contentType: APPLY_PATCH, method: 'PATCH', isWrite: true }, signal);
  }

  /** A JSON merge patch, which custom resources take as well. @throws as `apply` */
  async merge(what: string, path: string, manager: string, body: Json, signal: AbortSignal): Promise<unknown> {
    const query = { fieldManager: manager };
    return this.#ask({ what, path, query, body, contentType: MERGE_PATCH, method: 'PATCH', isWrite: true }, signal);
  }

  /**
   * What happens in a collection, told as events: first what is there, each as `ADDED`. Ends when the server ends it, with
   * `signal`, or when nothing was heard for long; begin it anew then. @throws as `read`
   */
  async *watch(
    what: string,
    path: string,
    signal: AbortSignal,
    query: NonNullable<Request['query']>,
  ): AsyncIterable<unknown> {
    const asked: Request = { what, path, method: 'GET', isWrite: false };
    const { credentials, watching } = await this.#connected();
    const url = urlOf(credentials, {
      ...asked,
      query: { ...query, watch: 'true', timeoutSeconds: `${WATCH_SECONDS}` },
    });
    try {
      const headers = headersOf(credentials, asked);
      const answer = await send(url, { signal, dispatcher: watching, headers, bodyTimeout: SILENT_FOR_MS });
      if (answer.statusCode >= 300) throw failureFrom(answer.statusCode, await answer.body.text(), asked);
      for await (const line of linesOf(answer.body)) yield JSON.parse(line) as unknown;
    } catch (error) {
      throw failureWithout(error, asked);
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await Promise.all([connection?.agent.destroy(), connection?.watching.destroy()]);
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
    const { method, body } = asked;
    try {
      const answer = await send(urlOf(credentials, asked), {
        method,
        signal,
        dispatcher: agent,
        headers: headersOf(credentials, asked),
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
    const seen = this.#connection;
    const current = await seen?.catch(() => undefined);
    if (current && this.clock.monotonicMs() - current.loadedAtMs < CREDENTIALS_FOR_MS) return current;
    return this.#loadedAfter(seen, current);
  }

  /** Undefined when they are the same: asking again would get the same answer. */
  async #renewed(): Promise<Connection | undefined> {
    const seen = this.#connection;
    const before = await seen?.catch(() => undefined);
    const now = await this.#loadedAfter(seen, before);
    return JSON.stringify(before?.credentials) === JSON.stringify(now.credentials) ? undefined : now;
  }

  /** Of many who saw the same, one loads for all of them: what each had made for itself would never be closed. */
  #loadedAfter(seen: Promise<Connection> | undefined, before: Connection | undefined): Promise<Connection> {
    return this.#connection !== undefined && this.#connection !== seen ? this.#connection : this.#loaded(before);
  }

  /** Connections are kept for as long as what they were made with is the same. */
  #loaded(before: Connection | undefined): Promise<Connection> {
    this.#connection = this.load().then((credentials) => {
      const loadedAtMs = this.clock.monotonicMs();
      if (before && isSameTls(before.credentials, credentials)) return { ...before, credentials, loadedAtMs };
      // What is under way over the old connections ends first; a watch is begun anew.
      void before?.agent.close();
      void before?.watching.destroy();
      const timeout = this.options.callTimeoutMs;
      const agent = agentFor(credentials, { timeout, connections: AT_ONCE, allowH2: false });
      const watching = agentFor(credentials, { timeout, connections: WATCHING_CONNECTIONS, allowH2: true });
      return { credentials, agent, watching, loadedAtMs };
    });
    return this.#connection;
  }
}

function urlOf(credentials: Credentials, { path, query = {} }: Request): URL {
  const url = new URL(credentials.server + path);
  for (const [name, text] of Object.entries(query)) url.searchParams.set(name, text);
  return url;
}

const headersOf = ({ token }: Credentials, { contentType }: Request): Readonly<Record<string, string>> => ({
  accept: 'application/json',
  ...(contentType && { 'content-type': contentType }),
  ...(token && { authorization: `Bearer ${token}` }),
});

const isSameTls = ({ token: _one, ...before }: Credentials, { token: _other, ...now }: Credentials): boolean =>
  JSON.stringify(before) === JSON.stringify(now);

const agentFor = (
  { ca, certificate, key, serverName, isUnverified }: Credentials,
  { timeout, ...options }: { readonly timeout: number; readonly connections: number; readonly allowH2: boolean },
): Agent =>
  new Agent({
    ...options,
    keepAliveTimeout: KEPT_OPEN_MS,
    connect: {
      timeout,
      ...(ca && { ca }),
      ...(certificate && { cert: certificate }),
      ...(key && { key }),
      ...(serverName && { servername: serverName }),
      ...(isUnverified && { rejectUnauthorized: false }),
    },
  });
