import { createHmac } from 'node:crypto';
import { WebhookSecretError } from '../errors.js';

/** As secrets are handed out: `whsec_` and the base64 of 24 to 64 random bytes. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const BYTES = { min: 24, max: 64 };

/** The bytes that sign. @throws WebhookSecretError */
export function webhookKey(secret: string, channel: string): Buffer {
  const [, base64 = ''] = SECRET.exec(secret) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (key.length >= BYTES.min && key.length <= BYTES.max) return key;
  throw new WebhookSecretError(
    `The secret of channel ${channel} cannot sign: write whsec_ and the base64 of 24 to 64 random bytes, ` +
      `as in: echo "whsec_$(openssl rand -base64 32)"`,
  );
}

/**
 * The headers of a signed delivery; the signature covers id, time and the body as it is sent.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
  key: Buffer,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
