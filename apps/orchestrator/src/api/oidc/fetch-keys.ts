import type { OidcSettings } from '#libs/topology';
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';

const WITHIN_MS = 3_000;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * The provider's keys, where its own discovery document says they are unless we were told. @throws Error that says what
 * was asked and what came of it
 */
export const fetchKeys =
  ({ issuer, jwksUri }: Pick<OidcSettings, 'issuer' | 'jwksUri'>) =>
  async (): Promise<JSONWebKeySet> =>
    KeySet.parse(await fetched(jwksUri ?? (await discovered(issuer)))) satisfies JSONWebKeySet;

/** A document that speaks for another issuer would hand us somebody else's keys. */
async function discovered(issuer: string): Promise<string> {
  const document = Discovery.parse(await fetched(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (document.issuer === issuer) return document.jwks_uri;
  throw new Error(`the discovery document of ${issuer} is of ${document.issuer}`);
}

/** Whoever answers may not send us elsewhere. */
async function fetched(url: string): Promise<unknown> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) });
  if (!answer.ok) throw new Error(`GET ${url} was answered with ${answer.status}`);
  return answer.json();
}
