import crypto, { createHash, type KeyObject } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Replaces Ed25519 in this program by a keyed hash: signing and verifying votes took longer than all the rest together.
 * Everything around it stays: what is signed, by whom, which key counts for which site, and that a forged one does not.
 */
export function useQuickSignatures(
  pairs: readonly { readonly privateKey: KeyObject; readonly publicKey: KeyObject }[],
) {
  const secrets = new Map<string, string>();
  const secretOf = (publicKey: KeyObject) => publicKey.export({ format: 'jwk' }).x ?? '';
  const known = new WeakMap<KeyObject, string>();
  for (const { privateKey, publicKey } of pairs) {
    secrets.set(secretOf(publicKey), secretOf(publicKey));
    known.set(privateKey, secretOf(publicKey));
  }
  const hash = (secret: string, data: Uint8Array) => createHash('sha256').update(secret).update(data).digest();
  const { sign, verify } = crypto;
  const quick = crypto as { sign: unknown; verify: unknown };
  quick.sign = (algorithm: null, data: Buffer, key: KeyObject) => {
    const secret = known.get(key);
    return secret === undefined ? sign(algorithm, data, key) : hash(secret, data);
  };
  quick.verify = (algorithm: null, data: Buffer, key: KeyObject, signature: Buffer) => {
    let secret = known.get(key);
    if (secret === undefined) {
      secret = secrets.get(secretOf(key));
      if (secret !== undefined) known.set(key, secret);
    }
    return secret === undefined ? verify(algorithm, data, key, signature) : hash(secret, data).equals(signature);
  };
  syncBuiltinESMExports();
}
