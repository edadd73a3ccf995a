import { invariant } from '#libs/domain';

const TEXT_BYTES_MAX = 0x7fff;

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
};

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const int64 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

export const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  invariant(bytes.length <= TEXT_BYTES_MAX, `A text of ${bytes.length} bytes does not fit behind an INT16.`);
  return Buffer.concat([int16(bytes.length), bytes]);
};
