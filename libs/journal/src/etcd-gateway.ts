import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { Clock, Readiness } from '#libs/runtime';
import type { WebSocket } from 'undici';
import { EtcdCluster } from './etcd-cluster.js';
import { Missed, parseReply, TokenRefused } from './etcd-errors.js';
import { EtcdLogin, type EtcdCredentials } from './etcd-login.js';
import { EtcdMembers } from './etcd-members.js';
import { EtcdTransport, type EtcdTls } from './etcd-transport.js';
import { headerOf, range } from './etcd-wire.js';
import { firstAnswer } from './first-answer.js';

export interface EtcdOptions {
  /** Client URLs such as `http://127.1.0.1:2379`, in order of preference: the member of the own site first. */
  readonly endpoints: readonly string[];
  /** For one request to one member; a question is put to each member at most once. */
  readonly requestTimeoutMs: number;
  readonly tls?: EtcdTls;
  readonly login?: EtcdCredentials;
}

const AUTHENTICATE = '/v3/auth/authenticate';
/** Within what our user may read; no such key needs to be there. */
const SOME_KEY = { key: range('/signalbox/').key, count_only: true };

/** Requests to whichever member answers, each with a deadline; whether its answer can be believed. */
export class EtcdGateway {
  readonly members: EtcdMembers;
  readonly cluster = new EtcdCluster();
  readonly #transport: EtcdTransport;
  readonly #login: EtcdLogin;
  readonly #closed = new AbortController();

  constructor(
    private readonly options: EtcdOptions,
    private readonly clock: Clock,
    readiness?: Readiness,
  ) {
    const { endpoints, requestTimeoutMs, tls, login } = options;
    this.#transport = new EtcdTransport(tls, requestTimeoutMs);
    this.#login = new EtcdLogin(login, (name, password) => this.#authenticate(name, password), clock, readiness);
    const problemAt = (endpoint: string) =>
      this.#post(endpoint, '/v3/kv/range', SOME_KEY).then(
        () => undefined,
        (error: unknown) => (error instanceof Missed && !this.#closed.signal.aborted ? error : undefined),
      );
    this.members = new EtcdMembers(endpoints, problemAt, clock, requestTimeoutMs / 2, readiness);
  }

  /** For what can be repeated: one member after the other is asked until one answers. @throws UnavailableError */
  async ask<Reply>(path: string, body: object): Promise<Reply> {
    const attempts = this.members.inOrder().map((endpoint) => () => this.#askOne<Reply>(endpoint, path, body));
    const answer = await firstAnswer(attempts, this.options.requestTimeoutMs / 2, this.clock);
    if ('reply' in answer) return answer.reply;
    throw noneAnswered(answer.missed);
  }

  /** For what must not be repeated: goes on to the next member only when the last one cannot have seen it. */
  async tell<Reply>(path: string, body: object): Promise<Reply> {
    const problems: Missed[] = [];
    for (const endpoint of this.members.inOrder().filter((each) => !this.cluster.isStranger(each))) {
      try {
        return await this.#askOne<Reply>(endpoint, path, body);
      } catch (error) {
        if (!(error instanceof Missed)) throw error;
        problems.push(error);
        if (error.how === 'unsent') continue;
        const advice = 'it may or may not have been made; read before doing anything else';
        throw new OutcomeUnknownError(`${error.message}: ${advice}`, { cause: error });
      }
    }
    throw noneAnswered(problems);
  }

  /** A stream of one member's own. A token that is refused on it must be given up by `loginAgain`. */
  async watch(endpoint: string): Promise<{ readonly socket: WebSocket; readonly token: string | undefined }> {
    const token = await this.#login.token();
    return { socket: this.#transport.watch(endpoint, token), token };
  }

  async loginAgain(refused: string | undefined): Promise<void> {
    await this.#login.giveUp(refused);
  }

  close(): void {
    this.members.close();
    this.#closed.abort();
    this.#transport.close();
  }

  /** @throws Missed */
  async #askOne<Reply>(endpoint: string, path: string, body: object): Promise<Reply> {
    try {
      const reply = (await this.#post(endpoint, path, body)) as Reply;
      this.members.answered(endpoint);
      return reply;
    } catch (error) {
      if (error instanceof Missed) this.members.missed(endpoint, error);
      throw error;
    }
  }

  async #post(endpoint: string, path: string, body: object): Promise<unknown> {
    if (path === AUTHENTICATE) return this.#send(endpoint, path, body, undefined);
    const token = await this.#login.token();
    try {
      return await this.#send(endpoint, path, body, token);
    } catch (error) {
      // Refused before anything else was looked at, so that a commit too can be sent again.
      if (!(error instanceof TokenRefused) || !(await this.#login.giveUp(token))) throw error;
      return this.#send(endpoint, path, body, await this.#login.token());
    }
  }

  async #send(endpoint: string, path: string, body: object, token: string | undefined): Promise<unknown> {
    if (this.#closed.signal.aborted) throw new UnavailableError('the journal was closed');
    const where = `${endpoint}${path}`;
    const termWhenAsked = this.cluster.term;
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.options.requestTimeoutMs)]);
    const { ok, text } = await this.#transport.post(endpoint, { path, body, token, signal }).catch((error: unknown) => {
      throw Missed.of(where, error);
    });
    const reply = parseReply(where, ok, text);
    const doubt = this.cluster.doubt(endpoint, headerOf(reply), termWhenAsked);
    if (doubt !== undefined) throw new Missed('unanswered', `${where}: ${doubt}`, undefined, true);
    return reply;
  }

  async #authenticate(name: string, password: string): Promise<string> {
    const { token } = await this.ask<{ readonly token: string }>(AUTHENTICATE, { name, password });
    return token;
  }
}

const noneAnswered = (problems: readonly Missed[]): UnavailableError =>
  new UnavailableError(`no etcd member answered: ${problems.map(({ message }) => message).join('; ')}`);
