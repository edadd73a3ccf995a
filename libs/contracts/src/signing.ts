import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { SignalboxError, type SiteId } from '#libs/domain';
import type { Topology } from '#libs/topology';
import { canonicalJson, canonicalOf } from './canonical.js';

/** A site's key as its own processes hold it. */
export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** Public keys by key id. A key speaks for its own site only. */
export type Keyring = ReadonlyMap<string, { readonly site: SiteId; readonly publicKey: KeyObject }>;

/** The key cannot be read. Says nothing of its content. */
export class SigningKeyError extends SignalboxError {
  readonly code = 'SB_SIGNING_KEY_INVALID';
  readonly retryable = false;
}

/** DER of a PKCS#8 Ed25519 private key up to its 32 bytes of seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** From PKCS#8 PEM, or the 32 bytes of seed in base64. @throws SigningKeyError */
export function signingKey(keyId: string, secret: string): SigningKey {
  try {
    const seed = Buffer.from(secret.trim(), 'base64');
    const privateKey = secret.includes('-----BEGIN')
      ? createPrivateKey(secret)
      : createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error(`it is ${privateKey.asymmetricKeyType}`);
    return { keyId, privateKey };
  } catch (error) {
    throw new SigningKeyError(
      `Signing key ${keyId} is no Ed25519 private key: write PKCS#8 PEM, or its 32 bytes in base64.`,
      { cause: error },
    );
  }
}

/** From the 32 bytes of an Ed25519 public key in base64. */
export const publicKeyOf = (base64: string): KeyObject => {
  const x = Buffer.from(base64, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
};

/** All that count: a site may have two while one follows the other. */
export const keyringOf = (topology: Pick<Topology, 'sites'>): Keyring =>
  new Map(
    topology.sites.flatMap(({ id: site, signing }) =>
      [signing, ...signing.alsoAccepted].map(
        ({ keyId, publicKey }) => [keyId, { site, publicKey: publicKeyOf(publicKey) }] as const,
      ),
    ),
  );

/** Ed25519 over the canonical JSON of the whole record, base64. The record must not hold its signature yet. */
export const signatureOf = (record: object, key: SigningKey): string =>
  sign(null, Buffer.from(canonicalJson(record)), key.privateKey).toString('base64');

/** Why a record does not count, or `undefined` when `site` signed exactly this. */
export function signatureProblem(
  record: object,
  signed: { readonly site: SiteId; readonly keyId: string; readonly signature: string },
  keyring: Keyring,
): string | undefined {
  const key = keyring.get(signed.keyId);
  if (!key) return `key ${signed.keyId} is unknown`;
  if (key.site !== signed.site) return `key ${signed.keyId} is of site ${key.site}, not of ${signed.site}`;
  const text = canonicalOf(record);
  if (text === undefined) return 'it has no canonical form';
  const holds = verify(null, Buffer.from(text), key.publicKey, Buffer.from(signed.signature, 'base64'));
  return holds ? undefined : `its signature by ${signed.keyId} does not hold`;
}
