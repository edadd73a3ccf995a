import { createSecretKey } from 'node:crypto';
import { isBy, type DnsTraffic } from '#libs/topology';
import { readSecret, type Clock, type Random } from '#libs/runtime';
import type { NameProvider } from './name-provider.js';
import { Rfc2136Zones, type KeyedTraffic } from './rfc2136-zones.js';
import { Route53Zones, ROUTE53_CALL_MS, shapeOf, type Route53Traffic } from './route53/route53-zones.js';
import type { Owner } from './stamp.js';
import type { SetShape } from './target-sets.js';

/** A name of the topology, and who owns it. */
export interface OwnedName {
  readonly owner: Owner;
  readonly traffic: DnsTraffic;
}

/** With the key that may change it. */
export type KeyedName = { readonly owner: Owner } & (KeyedTraffic | Route53Traffic);

/** @throws SecretError */
export async function keyedName(owner: Owner, traffic: DnsTraffic): Promise<KeyedName> {
  if (isBy(traffic, 'rfc2136')) {
    const { keyName: name, algorithm, secret: reference } = traffic.provider.tsig;
    const secret = await readSecret(reference, `TSIG key ${name} of ${traffic.name}`);
    return { owner, traffic, key: { name, algorithm, secret: createSecretKey(Buffer.from(secret, 'base64')) } };
  }
  if (!isBy(traffic, 'route53')) throw new TypeError('a provider of no kind');
  const { credentials } = traffic.provider;
  if (!credentials) return { owner, traffic };
  const what = `secret access key ${credentials.accessKeyId} of ${traffic.name}`;
  return { owner, traffic, secretAccessKey: await readSecret(credentials.secretAccessKey, what) };
}

export const isRfc2136 = (name: KeyedName): name is { readonly owner: Owner } & KeyedTraffic => 'key' in name;

/** Where a name is kept, what stays as it is there when it is switched, and how long one call may take. */
export interface Kept {
  readonly provider: NameProvider;
  readonly shape: SetShape;
  readonly callTimeoutMs: number;
}

/** What keeps each name, with what names of one zone and of one account share. */
export class NameProviders {
  readonly rfc2136: Rfc2136Zones;
  readonly route53: Route53Zones;

  constructor(
    private readonly requestTimeoutMs: number,
    clock: Clock,
    random: Random,
  ) {
    this.rfc2136 = new Rfc2136Zones(requestTimeoutMs, clock, random);
    this.route53 = new Route53Zones(clock, random);
  }

  of(name: KeyedName): Kept {
    return isRfc2136(name)
      ? { provider: this.rfc2136.providerOf(name), shape: {}, callTimeoutMs: this.requestTimeoutMs }
      : { provider: this.route53.providerOf(name), shape: shapeOf(name.traffic), callTimeoutMs: ROUTE53_CALL_MS };
  }
}
