import { describe, expect, it } from '@jest/globals';
import { signedHeaders, webhookKey } from './webhook-signature.js';

const SECRET = 'whsec_c2lnbmFsYm94IHNpZ25zIHRoaXMsIGFuZCB5b3UgY2g=';

describe(signedHeaders.name, () => {
  /**
   * By another implementation, over the bytes as they are sent:
   *   printf 'orders/17.1795230000.{"title":"orders: \xe2\x80\x9cquoted\xe2\x80\x9d"}' |
   *     openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf 'signalbox signs this, and you ch' | xxd -p -c 64) -binary |
   *     base64
   */
  it('signs id, time and body as Standard Webhooks says', () => {
    const body = '{"title":"orders: “quoted”"}';
    const at = new Date('2026-11-21T03:00:00.999Z');
    expect(signedHeaders({ id: 'orders/17', at, body }, webhookKey(SECRET, 'chat'))).toEqual({
      'webhook-id': 'orders/17',
      'webhook-timestamp': '1795230000',
      'webhook-signature': 'v1,fA3WHzmDvLxtnu2XiQPYXkIFjFVgR/pB44I1DgLRjLo=',
    });
  });
});

describe(webhookKey.name, () => {
  it('takes 24 to 64 bytes behind whsec_', () => {
    for (const length of [24, 32, 64]) {
      expect(webhookKey(`whsec_${Buffer.alloc(length, 7).toString('base64')}`, 'chat')).toHaveLength(length);
    }
  });

  it.each([
    'no-prefix-at-all-but-long-enough-for-a-key',
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    'whsec_',
    'whsec_not base64 at all, but long enough to be a key',
  ])('refuses %s, without repeating it', (secret) => {
    expect(() => webhookKey(secret, 'chat')).toThrow('The secret of channel chat cannot sign');
    expect(() => webhookKey(secret, 'chat')).not.toThrow(secret.replace('whsec_', '') || secret.repeat(2));
  });
});
