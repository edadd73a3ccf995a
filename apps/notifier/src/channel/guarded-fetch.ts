import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { Agent, fetch, type RequestInit, type Response } from 'undici';

/** Link-local addresses, and those besides at which clouds answer whoever runs there with its credentials. */
const NEVER = new BlockList();
NEVER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addAddress('fd00:ec2::254', 'ipv6');
NEVER.addAddress('100.100.100.200', 'ipv4');
NEVER.addAddress('192.0.0.192', 'ipv4');

/** The address is one to which nothing of ours goes. */
export class LinkLocalError extends Error {
  static readonly WHY =
    'it leads to a link-local or metadata address; correct the address, or allow it with allowLinkLocal: true';
  override readonly name = 'LinkLocalError';
}

export const isLinkLocal = (address: string): boolean => NEVER.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

type Found = (error: Error | null, address: LookupAddress[] | string, family?: number) => void;

/**
 * As `dns.lookup`, but a name that leads to such an address leads nowhere. Looked at when the connection is made and not
 * before, so that a name cannot lead elsewhere in between.
 */
export function guardedLookup(hostname: string, options: LookupOptions, found: Found): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, '');
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isLinkLocal(address))) return found(new LinkLocalError(), '');
    return options.all === true ? found(null, addresses) : found(null, first.address, first.family);
  });
}

const dispatcher = new Agent({ connect: { lookup: guardedLookup as never } });

/** As `fetch`. @throws LinkLocalError, mostly as the cause of what `fetch` throws */
export async function guardedFetch(url: string, init: RequestInit): Promise<Response> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isLinkLocal(host)) throw new LinkLocalError();
  return fetch(url, { ...init, dispatcher });
}
