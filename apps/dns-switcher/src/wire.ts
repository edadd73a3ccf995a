/** Numbers of RFC 1035, RFC 2136 and RFC 8945 that this app writes or reads itself. */
export const TYPE = { A: 1, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, SRV: 33, TSIG: 250 } as const;
/** What people put at a name beside its addresses, and no server has beside a CNAME. */
export const OTHER_TYPES = {
  NS: 2,
  MX: 15,
  TXT: 16,
  NAPTR: 35,
  SSHFP: 44,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  CAA: 257,
} as const;
export const CLASS = { IN: 1, NONE: 254, ANY: 255 } as const;

const HEADER_BYTES = 12;

export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const u48 = (value: number): Buffer => {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(value, 0, 6);
  return bytes;
};

/** Uncompressed and in lower case: the canonical form, which TSIG signs. */
export const wireName = (name: string): Buffer => {
  const bytes = Buffer.alloc(Buffer.byteLength(name) + 2);
  let at = 0;
  for (const label of name.toLowerCase().split('.')) {
    if (label === '') continue;
    const length = bytes.write(label, at + 1);
    bytes[at] = length;
    at += 1 + length;
  }
  return bytes.subarray(0, at + 1);
};

/** The response code of a message. */
export const rcodeOf = (message: Buffer): number => message.readUInt8(3) & 0x0f;

/** Where the last record of the additional section starts; undefined when that section is empty. */
export function lastAdditional(message: Buffer): number | undefined {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  if (additionals === 0) return undefined;
  let at = HEADER_BYTES;
  for (let n = 0; n < questions!; n++) at = afterName(message, at) + 4;
  for (let n = 0; n < answers! + authorities! + additionals! - 1; n++) at = afterRecord(message, at);
  return at;
}

export function afterName(message: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = message.readUInt8(at);
    if (length >= 0xc0) return at + 2; // A compression pointer ends the name (RFC 1035 §4.1.4).
    at += 1 + length;
    if (length === 0) return at;
  }
}

function afterRecord(message: Buffer, start: number): number {
  const fixed = afterName(message, start);
  return fixed + 10 + message.readUInt16BE(fixed + 8);
}
