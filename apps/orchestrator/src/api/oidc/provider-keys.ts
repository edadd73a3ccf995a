import { SignalboxError, messageOf } from '#libs/domain';
import type { Clock, Log } from '#libs/runtime';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Keys older than this are asked for again, while the ones at hand go on being used. */
const FRESH_MS = 10 * 60_000;
/** A key that nobody knows makes us ask again, but not for every token that names one. */
const COOL_DOWN_MS = 30_000;

type Keys = ReturnType<typeof createLocalJWKSet>;

/** No keys of the identity provider were ever got. */
export class NoProviderKeysError extends SignalboxError {
  readonly code = 'SB_OIDC_UNREACHABLE';
  readonly retryable = true;
}

/**
 * The public keys of an identity provider. Whatever was got last is used for as long as the provider does not answer: in
 * an outage people have to get in with the tokens that they hold.
 */
export class ProviderKeys {
  private keys: Keys | undefined;
  private askedAtMs = -Infinity;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly fetchKeys: () => Promise<JSONWebKeySet>,
    private readonly ports: { readonly clock: Clock; readonly log: Log },
  ) {}

  /** The key of a token. @throws NoProviderKeysError, or jose's error when the provider has no such key */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (!this.keys) await this.refresh(COOL_DOWN_MS);
    else void this.refresh(FRESH_MS);
    try {
      return await this.known()(header, token);
    } catch (error) {
      if (!isUnknownKey(error) || !(await this.refresh(COOL_DOWN_MS))) throw error;
      return this.known()(header, token);
    }
  };

  /** At start, so that the first request does not wait and a provider lost right after it is no matter. */
  async warmUp(): Promise<void> {
    await this.refresh(0);
  }

  private known(): Keys {
    if (this.keys) return this.keys;
    throw new NoProviderKeysError('the identity provider has not answered yet');
  }

  /** False when they were asked for less than `olderThanMs` ago. Never rejects. */
  private async refresh(olderThanMs: number): Promise<boolean> {
    if (this.asking) return this.asking.then(() => true);
    const now = this.ports.clock.monotonicMs();
    if (now - this.askedAtMs < olderThanMs) return false;
    this.askedAtMs = now;
    this.asking = this.fetch().finally(() => (this.asking = undefined));
    await this.asking;
    return true;
  }

  private async fetch(): Promise<void> {
    try {
      this.keys = createLocalJWKSet(await this.fetchKeys());
    } catch (error) {
      const used = this.keys ? 'the keys of before are used' : 'nobody gets in by it';
      this.ports.log.warn({ problem: messageOf(error) }, `The identity provider gives no keys: ${used}`);
    }
  }
}

const isUnknownKey = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY';
