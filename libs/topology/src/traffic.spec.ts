import { describe, expect, it } from '@jest/globals';
import { DnsText, targetsOf, type DnsTraffic } from './traffic.js';

const BASE = {
  kind: 'dns',
  name: 'kafka.example.com',
  zone: 'example.com',
  ttlSeconds: 30,
  provider: { kind: 'route53', hostedZoneId: 'Z0123' },
};
const traffic = (pointing: object): DnsTraffic => DnsText.parse({ ...BASE, ...pointing }) as DnsTraffic;

describe('what a name points at while a site is active', () => {
  it('is a set of addresses', () => {
    expect(targetsOf(traffic({ addresses: { a: ['192.0.2.1', '2001:db8::1'] } }))).toEqual({
      a: { addresses: ['192.0.2.1', '2001:db8::1'], ttlSeconds: 30 },
    });
  });

  it('is another name', () => {
    expect(targetsOf(traffic({ canonicalNames: { a: 'a.example.net', b: 'b.example.net' } }))).toEqual({
      a: { kind: 'cname', canonicalName: 'a.example.net', ttlSeconds: 30 },
      b: { kind: 'cname', canonicalName: 'b.example.net', ttlSeconds: 30 },
    });
  });

  it('is a list of services, in order and by weight', () => {
    const services = {
      a: [
        { port: 9092, host: 'k1.example.net' },
        { port: 9092, host: 'k2.example.net', weight: 5 },
      ],
    };
    expect(targetsOf(traffic({ services }))['a']).toEqual({
      kind: 'services',
      services: [
        { priority: 0, weight: 0, port: 9092, host: 'k1.example.net' },
        { priority: 0, weight: 5, port: 9092, host: 'k2.example.net' },
      ],
      ttlSeconds: 30,
    });
  });

  it('is an alias, which has no TTL of its own', () => {
    const aliases = { a: { zoneId: 'Z9', aliasOf: 'lb-a.example.net' } };
    expect(targetsOf(traffic({ aliases }))['a']).toEqual({
      kind: 'alias',
      zoneId: 'Z9',
      aliasOf: 'lb-a.example.net',
      evaluateHealth: false,
      families: ['ipv4'],
    });
  });
});
