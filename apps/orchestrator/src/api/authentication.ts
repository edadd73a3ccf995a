import { Injectable } from '@nestjs/common';
import { ThisProcess } from '../this-process.js';
import { bearerIn, holderOf, type Caller } from './access.js';
import { ApiError } from './api-error.js';
import { IdentityProvider } from './identity-provider.js';

/** Who asks, by a token of our own or by one of the identity provider: the first kind needs nothing but this process. */
@Injectable()
export class Authentication {
  constructor(
    private readonly self: ThisProcess,
    private readonly provider: IdentityProvider,
  ) {}

  /** @throws ApiError 401 */
  async callerOf(authorization: string | undefined): Promise<Caller> {
    const bearer = bearerIn(authorization);
    if (bearer === undefined) throw unauthenticated('No known token was sent.');
    const holder = holderOf(bearer, this.self.topology.api.tokens);
    if (holder) return holder;
    const vouched = await this.provider.callerOf(bearer);
    if ('caller' in vouched) return vouched.caller;
    throw unauthenticated(`No known token was sent${vouched.problem && `: ${vouched.problem}`}.`);
  }
}

function unauthenticated(message: string): ApiError {
  const remedy =
    'Send "Authorization: Bearer <token>" with a token whose SHA-256 is in signalbox.yaml, api.tokens, or one of api.oidc.';
  return new ApiError(401, 'SB_UNAUTHENTICATED', message, remedy, undefined, { 'www-authenticate': 'Bearer' });
}
