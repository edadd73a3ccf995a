import type { Clock } from '#libs/runtime';
import type { OidcSettings } from '#libs/topology';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Caller } from '../access.js';
import { IdentityProvider } from '../identity-provider.js';
import { NoProviderKeysError } from './provider-keys.js';

/** Also one without a signature: whoever sends it is told why that will not do. */
const LOOKS_LIKE_ONE = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const SECOND_MS = 1_000;

/** Believes tokens of one issuer, for one audience, under signatures that signalbox.yaml allows. */
export class OidcIdentityProvider extends IdentityProvider {
  constructor(
    private readonly settings: OidcSettings,
    private readonly keyOf: JWTVerifyGetKey,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async callerOf(bearer: string): Promise<{ readonly caller: Caller } | { readonly problem: string }> {
    if (!LOOKS_LIKE_ONE.test(bearer)) return { problem: '' };
    try {
      return this.callerIn(await this.verified(bearer));
    } catch (error) {
      if (error instanceof errors.JOSEError) return { problem: error.message };
      if (error instanceof NoProviderKeysError) return { problem: error.message };
      throw error;
    }
  }

  private async verified(bearer: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms, clockToleranceMs } = this.settings;
    const { payload } = await jwtVerify(bearer, this.keyOf, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: Math.ceil(clockToleranceMs / SECOND_MS),
      currentDate: new Date(this.clock.now()),
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  }

  private callerIn(payload: JWTPayload): { readonly caller: Caller } | { readonly problem: string } {
    const { nameClaim, rolesClaim, grants } = this.settings;
    const name = payload[nameClaim];
    if (!isName(name)) return { problem: `it has no usable claim ${nameClaim}` };
    const values = [payload[rolesClaim]].flat();
    const held = grants.filter(({ value }) => values.includes(value));
    return { caller: { name, grants: held.map(({ role, groups }) => ({ role, ...(groups && { groups }) })) } };
  }
}

/** It goes to the audit, to messages and to logs. */
const isName = (name: unknown): name is string =>
  typeof name === 'string' && name.isWellFormed() && /^[^\p{C}\s][^\p{C}]{0,199}$/u.test(name);
