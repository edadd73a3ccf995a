import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface AccountKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SignatureFault {
  readonly code: 'MissingAuthenticationToken' | 'InvalidClientTokenId' | 'SignatureDoesNotMatch';
  readonly message: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;
const SKEW_MAX_MS = 300_000;

/** Checks AWS Signature Version 4 as its description says it, from scratch: the client signs by its own code. */
export function signatureFault(request: SignedRequest, key: AccountKey, nowMs: number): SignatureFault | undefined {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (!parts) return { code: 'MissingAuthenticationToken', message: 'Request is missing Authentication Token' };
  const [, accessKeyId, day, region, service, signedHeaders, signature] = parts as unknown as string[];
  if (accessKeyId !== key.accessKeyId)
    return { code: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.' };
  const at = String(request.headers['x-amz-date'] ?? '');
  const atMs = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(atMs - nowMs) <= SKEW_MAX_MS))
    return {
      code: 'SignatureDoesNotMatch',
      message: `Signature expired or not yet current: ${at} is too far from our time`,
    };
  const scope = `${day ?? ''}/${region ?? ''}/${service ?? ''}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonicalRequest(request, signedHeaders!))].join('\n');
  const signingKey = [day!, region!, service!, 'aws4_request'].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${key.secretAccessKey}`),
  );
  const expected = hmac(signingKey, toSign);
  if (timingSafeEqual(expected, Buffer.from(signature!, 'hex'))) return undefined;
  return {
    code: 'SignatureDoesNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  };
}

function canonicalRequest({ method, url, headers, body }: SignedRequest, signedHeaders: string): string {
  const query = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).toSorted();
  const lines = signedHeaders.split(';').map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  const path = url.pathname.split('/').map(encoded).join('/');
  return [method, path, query.join('&'), lines.join(''), signedHeaders, sha256(body)].join('\n');
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
