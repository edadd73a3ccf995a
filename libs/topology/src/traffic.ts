import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { Route53Text } from './route53.js';
import { DnsName, Endpoint, IpAddress, record, SecretRef, SiteIdText, Text } from './scalars.js';

const Rfc2136 = record({
  kind: z.literal('rfc2136'),
  primary: Endpoint.describe('The authoritative server that takes updates; never in a site of its own group.'),
  primarySite: SiteIdText,
  otherPrimaries: z
    .array(record({ address: Endpoint, site: SiteIdText }), 'a list of { address: …, site: … }')
    .default([])
    .describe(
      'Further servers over the same data as the primary, which compare and change it in one. Tried in order where the one before cannot be reached. See docs/dns.md.',
    ),
  secondaries: z.record(SiteIdText, Endpoint).describe('The authoritative servers that answer, by site.'),
  tsig: record({
    keyName: DnsName,
    algorithm: z.enum(['hmac-sha256', 'hmac-sha384', 'hmac-sha512']),
    secret: SecretRef.describe('The key in base64.'),
  }),
});

const TtlSeconds = z
  .number('a number of seconds')
  .int('whole seconds')
  .min(1, 'at least 1 s')
  .max(3_600, 'at most 3600 s');

/** A name that clients resolve, and what it points at when a site is active. */
export const DnsText = record({
  kind: z.literal('dns'),
  name: DnsName,
  zone: DnsName,
  ttlSeconds: TtlSeconds,
  plannedTtlSeconds: TtlSeconds.optional().describe(
    'A planned move lowers the TTL to this first, waits until the longer one has run out, and restores it after.',
  ),
  addresses: z.record(
    SiteIdText,
    z.array(IpAddress, 'a list of addresses').min(1, 'at least one address'),
    'addresses by site',
  ),
  adopt: z
    .array(Text, 'a list of owners')
    .default([])
    .describe(
      'Owners in TXT records whose name this is no longer, as preflight says them, for example external-dns/cluster-1. See docs/dns.md.',
    ),
  externalDns: z
    .array(
      record({ prefix: Text.optional(), suffix: Text.optional() }),
      'a list of { prefix: … } or { suffix: … }, as --txt-prefix and --txt-suffix of that external-dns',
    )
    .default([])
    .describe('How external-dns names its TXT records in this zone, where that is not its standard.'),
  provider: z.discriminatedUnion('kind', [Rfc2136, Route53Text], 'kind: rfc2136, or kind: route53'),
});
export type DnsTraffic = Immutable<z.infer<typeof DnsText>>;

type Provider = DnsTraffic['provider'];
/** Traffic whose name is kept by this kind of provider. */
export type DnsTrafficBy<Kind extends Provider['kind']> = DnsTraffic & {
  readonly provider: Extract<Provider, { readonly kind: Kind }>;
};

export const isBy = <Kind extends Provider['kind']>(traffic: DnsTraffic, kind: Kind): traffic is DnsTrafficBy<Kind> =>
  traffic.provider.kind === kind;
