import { MalformedRecordError } from './errors.js';

/**
 * Reads Kafka's primitive types, one after the other: big-endian numbers, and texts of UTF-8 behind an INT16 of their
 * length. @throws MalformedRecordError where the bytes end too early.
 */
export class ByteReader {
  private position = 0;

  /** `what` names the record in messages. */
  constructor(
    private readonly bytes: Buffer,
    private readonly what: string,
  ) {}

  int16(field: string): number {
    return this.bytes.readInt16BE(this.take(2, field));
  }

  int32(field: string): number {
    return this.bytes.readInt32BE(this.take(4, field));
  }

  /** An offset or a time. @throws MalformedRecordError for one that no number holds exactly. */
  int64(field: string): number {
    const value = Number(this.bytes.readBigInt64BE(this.take(8, field)));
    if (!Number.isSafeInteger(value)) throw this.malformed(`${field} is ${value}, which is beyond any offset or time`);
    return value;
  }

  text(field: string): string {
    const length = this.int16(`the length of ${field}`);
    if (length < 0) throw this.malformed(`${field} has a length of ${length}`);
    const start = this.take(length, field);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** Bytes that nobody asked for mean that the record is something else. */
  end(): void {
    const left = this.bytes.length - this.position;
    if (left > 0) throw this.malformed(`${left} bytes are left over`);
  }

  malformed(problem: string): MalformedRecordError {
    return new MalformedRecordError(`${this.what}: ${problem} (${this.bytes.length} bytes: ${hexOf(this.bytes)})`);
  }

  private take(length: number, field: string): number {
    const start = this.position;
    if (start + length > this.bytes.length) throw this.malformed(`it ends at byte ${this.bytes.length}, in ${field}`);
    this.position = start + length;
    return start;
  }
}

const HEX_BYTES_MAX = 32;

const hexOf = (bytes: Buffer): string =>
  bytes.toString('hex', 0, HEX_BYTES_MAX) + (bytes.length > HEX_BYTES_MAX ? '…' : '');
