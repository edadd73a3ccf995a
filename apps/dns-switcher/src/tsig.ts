import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { afterName, CLASS, lastAdditional, TYPE, u16, u32, u48, wireName } from './wire.js';

/** The secret is a KeyObject so that no log or message can print it. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: KeyObject;
}

export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

export interface SignedMessage {
  readonly bytes: Buffer;
  /** Part of what the response signs: it binds the answer to this request. */
  readonly mac: Buffer;
}

/**
 * - `verified`: the server holds the same key and answers this very request; `error` may still be `BADTIME`;
 * - `rejected`: it could not use our signature, and cannot sign that it says so (RFC 8945 §5.3.2);
 * - `unsigned`, `forged`: whoever answered did not prove to hold the key.
 */
export type ResponseSignature =
  | { readonly kind: 'verified'; readonly error: string }
  | { readonly kind: 'rejected'; readonly error: string }
  | { readonly kind: 'unsigned' | 'forged' };

/** How far the two clocks may differ (RFC 8945 §10 recommends 300 s). */
const FUDGE_SECONDS = 300;
const ADDITIONAL_COUNT_AT = 10;
const ERRORS: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  16: 'BADSIG',
  17: 'BADKEY',
  18: 'BADTIME',
  22: 'BADTRUNC',
};

/** What of the TSIG record itself is signed and changes from message to message (RFC 8945 §4.2). */
interface Variables {
  readonly timeSeconds: number;
  readonly fudgeSeconds: number;
  readonly error: number;
  readonly other: Buffer;
}

export function sign(message: Buffer, key: TsigKey, nowSeconds: number): SignedMessage {
  const variables = { timeSeconds: nowSeconds, fudgeSeconds: FUDGE_SECONDS, error: 0, other: Buffer.alloc(0) };
  const mac = hmac(key, message, signedVariables(key, variables));
  const data = Buffer.concat([
    wireName(key.algorithm),
    u48(nowSeconds),
    u16(FUDGE_SECONDS),
    u16(mac.length),
    mac,
    message.subarray(0, 2), // The original message id.
    u16(0),
    u16(0),
  ]);
  const record = [wireName(key.name), u16(TYPE.TSIG), u16(CLASS.ANY), u32(0), u16(data.length), data];
  return { bytes: Buffer.concat([withOneMoreAdditional(message, 1), ...record]), mac };
}

/** @throws RangeError when the message is cut short or otherwise malformed. */
export function checkResponse(response: Buffer, request: SignedMessage, key: TsigKey): ResponseSignature {
  const start = lastAdditional(response);
  if (start === undefined) return { kind: 'unsigned' };
  const fixed = afterName(response, start);
  if (response.readUInt16BE(fixed) !== TYPE.TSIG) return { kind: 'unsigned' };
  const { algorithm, mac, originalId, variables } = readTsigData(response.subarray(fixed + 10));
  const error = ERRORS[variables.error] ?? `TSIG error ${variables.error}`;
  if (mac.length === 0) return variables.error === 0 ? { kind: 'unsigned' } : { kind: 'rejected', error };

  const covered = Buffer.concat([originalId, withOneMoreAdditional(response.subarray(0, start), -1).subarray(2)]);
  const expected = hmac(key, u16(request.mac.length), request.mac, covered, signedVariables(key, variables));
  const genuine =
    algorithm.equals(wireName(key.algorithm)) && mac.length === expected.length && timingSafeEqual(mac, expected);
  return genuine ? { kind: 'verified', error } : { kind: 'forged' };
}

function readTsigData(data: Buffer) {
  const time = afterName(data, 0);
  const macLength = data.readUInt16BE(time + 8);
  const id = time + 10 + macLength;
  const otherLength = data.readUInt16BE(id + 4);
  return {
    algorithm: Buffer.from(data.toString('latin1', 0, time).toLowerCase(), 'latin1'),
    mac: data.subarray(time + 10, id),
    originalId: data.subarray(id, id + 2),
    variables: {
      timeSeconds: data.readUIntBE(time, 6),
      fudgeSeconds: data.readUInt16BE(time + 6),
      error: data.readUInt16BE(id + 2),
      other: data.subarray(id + 6, id + 6 + otherLength),
    },
  };
}

const signedVariables = (key: TsigKey, { timeSeconds, fudgeSeconds, error, other }: Variables): Buffer =>
  Buffer.concat([
    wireName(key.name),
    u16(CLASS.ANY),
    u32(0),
    wireName(key.algorithm),
    u48(timeSeconds),
    u16(fudgeSeconds),
    u16(error),
    u16(other.length),
    other,
  ]);

function hmac(key: TsigKey, ...parts: readonly Buffer[]): Buffer {
  const digest = createHmac(key.algorithm.replace('hmac-', ''), key.secret);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

function withOneMoreAdditional(message: Buffer, change: 1 | -1): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(copy.readUInt16BE(ADDITIONAL_COUNT_AT) + change, ADDITIONAL_COUNT_AT);
  return copy;
}
