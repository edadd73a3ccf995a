import { sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, canonicalOf, sha256Hex } from './canonical.js';
import { publicKeyOf, type SigningKey } from './signing.js';

/** What an approver signs with no orchestrator in sight. Times are milliseconds since 1970-01-01 UTC. */
const Payload = z.strictObject({
  version: z.literal(1),
  installation: z.string().min(1),
  group: z.string().min(1),
  approval: z.string().min(1),
  planHash: z.string().min(1),
  decision: z.enum(['grant', 'deny']),
  reason: z.string().min(1).max(500).optional(),
  issuedAt: z.int().nonnegative(),
  expiresAt: z.int().positive(),
  keyId: z.string().min(1),
});
export type SignedAnswer = z.infer<typeof Payload>;

/** So that nothing else that is signed with the same key is a token, and no token is anything else. */
const CONTEXT = 'signalbox/approval-token/v1\n';
const PREFIX = 'sba1';
/** Longer ones were not made by us. */
const LENGTH_MAX = 4_096;

/** `sba1.<canonical JSON>.<Ed25519 signature>`, both in base64url without padding. */
export function signAnswer(answer: Omit<SignedAnswer, 'keyId' | 'version'>, key: SigningKey): string {
  const text = canonicalJson({ version: 1, ...answer, keyId: key.keyId });
  const signature = sign(null, Buffer.from(CONTEXT + text), key.privateKey);
  return [PREFIX, base64url(Buffer.from(text)), base64url(signature)].join('.');
}

/** Public keys of approvers by key id, with who holds the private half. */
export type ApproverKeyring = ReadonlyMap<
  string,
  { readonly principal: string; readonly publicKey: KeyObject; readonly isRevoked: boolean }
>;

export const approverKeyring = (
  keys: readonly {
    readonly keyId: string;
    readonly principal: string;
    readonly publicKey: string;
    readonly revoked: boolean;
  }[],
): ApproverKeyring =>
  new Map(
    keys.map(({ keyId, principal, publicKey, revoked }) => [
      keyId,
      { principal, publicKey: publicKeyOf(publicKey), isRevoked: revoked },
    ]),
  );

/**
 * - `malformed`: no token of ours, or no payload that we know;
 * - `re-encoded`: it says what a token of ours may say, but is not spelled as we spell it;
 * - `unknown-key`, `forged`: nobody knows the key, or it did not sign this: whose it is nobody can tell;
 * - `revoked-key`: the key's holder is known, and it signs nothing any more.
 */
export type TokenProblem = 'malformed' | 're-encoded' | 'unknown-key' | 'forged' | 'revoked-key';

export type OpenedToken =
  | { readonly ok: true; readonly answer: SignedAnswer; readonly principal: string; readonly tokenHash: string }
  /** `principal` only where the signature says who it is. */
  | { readonly ok: false; readonly problem: TokenProblem; readonly principal?: string };

/** Takes a token only exactly as it was made: there is one spelling of what was signed. Pure. */
export function openToken(token: string, keyring: ApproverKeyring): OpenedToken {
  const [prefix, payload = '', signature = '', ...more] = token.length <= LENGTH_MAX ? token.split('.') : [];
  if (prefix !== PREFIX || more.length > 0 || payload === '') return { ok: false, problem: 'malformed' };
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  const answer = payloadIn(text);
  if (!answer) return { ok: false, problem: 'malformed' };
  if (!isSpelledAsOurs(payload, text, answer, signature)) return { ok: false, problem: 're-encoded' };
  const key = keyring.get(answer.keyId);
  if (!key) return { ok: false, problem: 'unknown-key' };
  const isSigned = verify(null, Buffer.from(CONTEXT + text), key.publicKey, Buffer.from(signature, 'base64url'));
  if (!isSigned) return { ok: false, problem: 'forged' };
  const { principal } = key;
  if (key.isRevoked) return { ok: false, problem: 'revoked-key', principal };
  return { ok: true, answer, principal, tokenHash: sha256Hex(token) };
}

function payloadIn(text: string): SignedAnswer | undefined {
  try {
    return Payload.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const isSpelledAsOurs = (payload: string, text: string, answer: SignedAnswer, signature: string): boolean =>
  canonicalOf(answer) === text &&
  base64url(Buffer.from(text)) === payload &&
  base64url(Buffer.from(signature, 'base64url')) === signature;

const base64url = (bytes: Buffer): string => bytes.toString('base64url');
