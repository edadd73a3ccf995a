import type { OneTarget } from '#libs/domain';
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

const U16_FORM = 'a whole number from 0 to 65535';
const U16 = z.number(U16_FORM).int(U16_FORM).min(0, U16_FORM).max(65_535, U16_FORM);
const Service = record({ priority: U16.default(0), weight: U16.default(0), port: U16, host: DnsName });

const Alias = record({
  zoneId: Text.max(32, 'at most 32 characters').describe('The hosted zone of the other name, as Route 53 calls it.'),
  aliasOf: DnsName,
  evaluateHealth: z.boolean().default(false),
  families: z
    .array(z.enum(['ipv4', 'ipv6']), 'ipv4, ipv6 or both')
    .min(1, 'at least one')
    .default(['ipv4']),
});

/** A name that clients resolve, and what it points at when a site is active. */
export const DnsText = record({
  kind: z.literal('dns'),
  name: DnsName,
  zone: DnsName,
  ttlSeconds: TtlSeconds,
  plannedTtlSeconds: TtlSeconds.optional().describe(
    'A planned move lowers the TTL to this first, waits until the longer one has run out, and restores it after.',
  ),
  addresses: z
    .record(SiteIdText, z.array(IpAddress, 'a list of addresses').min(1, 'at least one address'), 'addresses by site')
    .optional()
    .describe(
      'What A and AAAA records answer while a site is active. One of addresses, canonicalNames, services and aliases.',
    ),
  canonicalNames: z
    .record(SiteIdText, DnsName, 'a name by site')
    .optional()
    .describe('What a CNAME leads to while a site is active.'),
  services: z
    .record(SiteIdText, z.array(Service, 'a list of services').min(1, 'at least one service'), 'services by site')
    .optional()
    .describe('What SRV records answer while a site is active.'),
  aliases: z
    .record(SiteIdText, Alias, 'an alias by site')
    .optional()
    .describe('What an alias of Route 53 leads to while a site is active; its TTL is that of the other name.'),
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

/** Which of the settings of a name says what it points at; the check demands exactly one. */
export const TARGET_SETTINGS = ['addresses', 'canonicalNames', 'services', 'aliases'] as const;
export type TargetSetting = (typeof TARGET_SETTINGS)[number];

export const targetSettingsOf = (traffic: DnsTraffic): readonly TargetSetting[] =>
  TARGET_SETTINGS.filter((setting) => traffic[setting] !== undefined);

/** What the name points at while a site is active, by site, under its standing TTL. */
export function targetsOf(traffic: DnsTraffic): Readonly<Record<string, OneTarget>> {
  const { ttlSeconds, addresses = {}, canonicalNames = {}, services = {}, aliases = {} } = traffic;
  return {
    ...mapped(addresses, (all) => ({ addresses: [...all], ttlSeconds })),
    ...mapped(canonicalNames, (canonicalName) => ({ kind: 'cname' as const, canonicalName, ttlSeconds })),
    ...mapped(services, (all) => ({ kind: 'services' as const, services: [...all], ttlSeconds })),
    ...mapped(aliases, (alias) => ({ kind: 'alias' as const, ...alias })),
  };
}

const mapped = <T, R>(bySite: Readonly<Record<string, T>>, to: (value: T) => R): Readonly<Record<string, R>> =>
  Object.fromEntries(Object.entries(bySite).map(([site, value]) => [site, to(value)]));
