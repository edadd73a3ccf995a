import { messageOf } from '#libs/domain';
import type { Clock, Readiness } from '#libs/runtime';
import { EtcdRefusal } from './etcd-errors.js';

export interface EtcdCredentials {
  readonly user: string;
  /** Asked for at every login, so that a new password needs no restart. */
  readonly password: () => Promise<string>;
}

/** Exchanges name and password for a token. */
export type Authenticate = (name: string, password: string) => Promise<string>;

/** Checking a password costs a member more than anything else it is asked. */
const PAUSE_MS = 2_000;
const COMPONENT = 'journal login';
/** FAILED_PRECONDITION: the only one is that etcd asks nobody for a password. */
const NOT_ENABLED = 9;

/**
 * The token that every request carries. etcd ends it when it was not used for a while (`--auth-token-ttl`), a member that
 * starts again may not know it, and a change of users can end all: it is given up as soon as a member refuses it.
 */
export class EtcdLogin {
  #token: Promise<string | undefined> | undefined;
  #refused: { readonly atMs: number; readonly error: EtcdRefusal } | undefined;

  constructor(
    private readonly credentials: EtcdCredentials | undefined,
    private readonly authenticate: Authenticate,
    private readonly clock: Clock,
    private readonly readiness?: Readiness,
  ) {}

  /** Undefined where none is needed. All who ask at the same time share one login. @throws UnavailableError, SecretError */
  token(): Promise<string | undefined> {
    if (!this.credentials) return Promise.resolve(undefined);
    if (this.#refused && this.clock.monotonicMs() - this.#refused.atMs < PAUSE_MS) {
      return Promise.reject(this.#refused.error);
    }
    this.#token ??= this.#logIn(this.credentials).catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  /** It was refused. False when there is nothing to log in with, and asking again is of no use. */
  async giveUp(refused: string | undefined): Promise<boolean> {
    if (!this.credentials) return false;
    const current = await this.#token?.catch(() => undefined);
    // Somebody else may have a new one already.
    if (current === refused) this.#token = undefined;
    return true;
  }

  async #logIn({ user, password }: EtcdCredentials): Promise<string | undefined> {
    try {
      const token = await this.authenticate(user, await password());
      this.readiness?.ready(COMPONENT);
      return token;
    } catch (error) {
      if (error instanceof EtcdRefusal && error.grpcCode === NOT_ENABLED) {
        const remedy = 'turn it on with "etcdctl auth enable", or remove journal.login from signalbox.yaml';
        this.readiness?.missing(COMPONENT, `The journal lets in everybody, without a password: ${remedy}`);
        return undefined;
      }
      if (error instanceof EtcdRefusal) this.#refused = { atMs: this.clock.monotonicMs(), error };
      this.readiness?.missing(COMPONENT, `The journal does not let in ${user}: ${messageOf(error)}`, 'blocked');
      throw error;
    }
  }
}
