import { createHmac, createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { checkResponse, sign, type SignedMessage, type TsigKey } from './tsig.js';
import { lastAdditional, u16 } from './wire.js';

const SECRET = 'only these two know';
const KEY: TsigKey = { name: 'Signalbox', algorithm: 'hmac-sha256', secret: createSecretKey(Buffer.from(SECRET)) };
const NOW_SECONDS = 1_790_000_000;
const HEADER = Buffer.from('000128000000000000000000', 'hex');
const request = sign(HEADER, KEY, NOW_SECONDS);

/** Signs like a server: the MAC of the request comes first (RFC 8945 §5.3). */
function answer(to: SignedMessage, { secret = SECRET, macOf = to.mac, error = 0, mac = true } = {}): Buffer {
  const message = Buffer.from('0001a8000000000000000000', 'hex');
  const name = Buffer.from('\x09signalbox\0');
  const algorithm = Buffer.from('\x0bhmac-sha256\0');
  const time = Buffer.from(NOW_SECONDS.toString(16).padStart(12, '0') + '012c', 'hex');
  const classAndTtl = Buffer.from('00ff00000000', 'hex');
  const digest = createHmac('sha256', secret)
    .update(Buffer.concat([u16(macOf.length), macOf, message]))
    .update(Buffer.concat([name, classAndTtl, algorithm, time, u16(error), u16(0)]))
    .digest();
  const used = mac ? digest : Buffer.alloc(0);
  const data = Buffer.concat([algorithm, time, u16(used.length), used, u16(1), u16(error), u16(0)]);
  const signed = Buffer.concat([message, name, u16(250), classAndTtl, u16(data.length), data]);
  signed.writeUInt16BE(1, 10);
  return signed;
}

describe('sign', () => {
  it('adds one record to the additional section and leaves the rest as it was', () => {
    expect(request.bytes.readUInt16BE(10)).toBe(1);
    expect(lastAdditional(request.bytes)).toBe(HEADER.length);
    expect(request.bytes.subarray(0, 10)).toEqual(HEADER.subarray(0, 10));
  });

  it('signs other messages and other times differently', () => {
    expect(sign(HEADER, KEY, NOW_SECONDS + 1).mac).not.toEqual(request.mac);
  });
});

describe('checkResponse', () => {
  it('verifies an answer to this request by the holder of the key', () => {
    expect(checkResponse(answer(request), request, KEY)).toEqual({ kind: 'verified', error: 'NOERROR' });
  });

  it('verifies a complaint about the clock', () => {
    expect(checkResponse(answer(request, { error: 18 }), request, KEY)).toEqual({ kind: 'verified', error: 'BADTIME' });
  });

  it('sees through an answer signed with another secret', () => {
    expect(checkResponse(answer(request, { secret: 'guess' }), request, KEY)).toEqual({ kind: 'forged' });
  });

  it('sees through a genuine answer to another request', () => {
    const other = sign(HEADER, KEY, NOW_SECONDS + 1);
    expect(checkResponse(answer(other), request, KEY)).toEqual({ kind: 'forged' });
  });

  it('sees through an answer that was changed on the way', () => {
    const changed = answer(request);
    changed.writeUInt8(changed.readUInt8(3) | 0x05, 3);
    expect(checkResponse(changed, request, KEY)).toEqual({ kind: 'forged' });
  });

  it('does not take an answer without a MAC for a signed one', () => {
    expect(checkResponse(answer(request, { mac: false }), request, KEY)).toEqual({ kind: 'unsigned' });
    expect(checkResponse(Buffer.from('0001a8000000000000000000', 'hex'), request, KEY)).toEqual({ kind: 'unsigned' });
  });

  it('names what the server could not use of our signature', () => {
    const rejection = answer(request, { mac: false, error: 17 });
    expect(checkResponse(rejection, request, KEY)).toEqual({ kind: 'rejected', error: 'BADKEY' });
  });

  it('throws at an answer that is cut short, wherever it is cut', () => {
    const whole = answer(request);
    for (let length = 13; length < whole.length - 4; length++) {
      expect(() => checkResponse(whole.subarray(0, length), request, KEY)).toThrow(
        /out of range|outside buffer bounds/,
      );
    }
  });
});

it('a key does not print its secret', () => {
  expect(inspect(KEY, { depth: 9 })).not.toContain(SECRET);
  expect(JSON.stringify(KEY)).not.toContain(SECRET);
});
