import type { Caller } from './access.js';

/** Port: who an identity provider says that the bearer of a token is. */
export abstract class IdentityProvider {
  /** A `problem` is why it is not believed, in words for whoever sent it; empty when there is nothing to say. */
  abstract callerOf(bearer: string): Promise<{ readonly caller: Caller } | { readonly problem: string }>;
}

/** Where signalbox.yaml names no provider. */
export class NoIdentityProvider extends IdentityProvider {
  override async callerOf(): Promise<{ readonly problem: string }> {
    return { problem: '' };
  }
}
