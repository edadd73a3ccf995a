import { isIPv6 } from 'node:net';

/** One spelling per address: IPv6 has many. */
export const canonicalAddress = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

/** The 4 or 16 bytes of a canonical address. */
export function addressBytes(canonical: string): Buffer {
  if (!isIPv6(canonical)) return Buffer.from(canonical.split('.').map(Number));
  const [head = [], tail = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const bytes = Buffer.alloc(16);
  [...head, ...zeros, ...tail].forEach((group, index) => bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index));
  return bytes;
}
