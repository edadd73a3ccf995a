import { hash } from 'node:crypto';
import type { WholeRecord } from './whole-record.js';

const LENGTH_BYTES = 4;
const TIMESTAMP_BYTES = 8;
/** Nothing is told from what is empty. */
const NOTHING = -1;

/**
 * SHA-256 over key, value, headers and timestamp, each with its length: equal for a record and its copy, whatever their
 * offsets. `without` names headers that do not count: those that a copy was given.
 */
export function fingerprintOf(
  { key, value, headers, timestamp }: WholeRecord,
  without?: (header: Buffer) => boolean,
): Buffer {
  const counting = without ? headers.filter(([name]) => !without(name)) : headers;
  const parts = [key, value, ...counting.flat()];
  const bytes = Buffer.allocUnsafe(
    TIMESTAMP_BYTES + parts.reduce((sum, part) => sum + LENGTH_BYTES + (part?.length ?? 0), 0),
  );
  bytes.writeBigInt64BE(BigInt(timestamp));
  let at = TIMESTAMP_BYTES;
  for (const part of parts) {
    at = bytes.writeInt32BE(part?.length ?? NOTHING, at);
    if (part) at += part.copy(bytes, at);
  }
  return hash('sha256', bytes, 'buffer');
}

/** The fingerprint of a sequence of records, made longer by one. `before` is empty for the first. */
export const chained = (before: string, fingerprint: Buffer): string =>
  hash('sha256', Buffer.concat([Buffer.from(before, 'hex'), fingerprint]), 'hex');
