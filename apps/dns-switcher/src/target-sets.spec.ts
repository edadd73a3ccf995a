import { describe, expect, it } from '@jest/globals';
import type { NameTarget } from '#libs/domain';
import { answersShow, setsOf, targetOf, type SetShape } from './target-sets.js';

const NAME = 'kafka.example';
const EU: SetShape = { routing: { setIdentifier: 'eu', by: { failover: 'primary' } }, healthCheckId: 'new-check' };
const WEIGHTED: NameTarget = {
  kind: 'weighted',
  members: [
    { id: 'a', weight: 0, target: { addresses: ['192.0.2.1', '2001:db8::1'], ttlSeconds: 5 } },
    { id: 'b', weight: 9, target: { addresses: ['192.0.2.2'], ttlSeconds: 5 } },
  ],
};
const ALIAS: NameTarget = {
  kind: 'alias',
  zoneId: 'Z1',
  aliasOf: 'lb.example',
  evaluateHealth: true,
  families: ['ipv4', 'ipv6'],
};

describe('the sets of a target', () => {
  it.each<[string, NameTarget, SetShape]>([
    ['addresses of both families', { addresses: ['192.0.2.1', '2001:db8::1'], ttlSeconds: 5 }, {}],
    ['no addresses', { addresses: [], ttlSeconds: 0 }, {}],
    ['a CNAME', { kind: 'cname', canonicalName: 'b.example', ttlSeconds: 5 }, {}],
    ['an alias', ALIAS, {}],
    ['one of several sets', { addresses: ['192.0.2.1'], ttlSeconds: 5 }, EU],
    ['weights', WEIGHTED, {}],
    [
      'services',
      { kind: 'services', services: [{ priority: 1, weight: 2, port: 9092, host: 'b.example' }], ttlSeconds: 5 },
      {},
    ],
  ])('say it again: %s', (_, target, shape) => {
    expect(targetOf(NAME, setsOf(NAME, target, shape, []), shape)).toEqual(target);
  });

  it('keep the health check of the set that they replace, and only there', () => {
    const [old] = setsOf(NAME, { addresses: ['192.0.2.1'], ttlSeconds: 5 }, EU, []);
    const next: NameTarget = { addresses: ['192.0.2.2', '2001:db8::2'], ttlSeconds: 5 };
    const kept = (seen: Parameters<typeof setsOf>[3]) => setsOf(NAME, next, EU, seen).map((set) => set.healthCheckId);
    expect(kept([])).toEqual(['new-check', 'new-check']);
    expect(kept([{ ...old!, healthCheckId: 'theirs' }])).toEqual(['theirs', 'new-check']);
    const { healthCheckId: _none, ...unchecked } = old!;
    expect(kept([unchecked])).toEqual([undefined, 'new-check']);
  });

  it('cannot be told where somebody else chooses, or where services stand beside addresses', () => {
    const latency = setsOf(NAME, { addresses: ['192.0.2.1'], ttlSeconds: 5 }, EU, []);
    expect(() => targetOf(NAME, latency, {})).toThrow(/set identifier/);
    const services = setsOf(
      NAME,
      { kind: 'services', services: [{ priority: 1, weight: 2, port: 3, host: 'h' }], ttlSeconds: 5 },
      {},
      [],
    );
    const addresses = setsOf(NAME, { addresses: ['192.0.2.1'], ttlSeconds: 5 }, {}, []);
    expect(() => targetOf(NAME, [...addresses, ...services], {})).toThrow(/a name of their own/);
  });
});

describe('an answer', () => {
  const answer = (address: string, ttlSeconds = 5) => setsOf(NAME, { addresses: [address], ttlSeconds }, {}, []);

  it('shows addresses only as they are, TTL included', () => {
    const target: NameTarget = { addresses: ['192.0.2.1'], ttlSeconds: 5 };
    expect(answersShow(NAME, answer('192.0.2.1'), target, {})).toBe(true);
    expect(answersShow(NAME, answer('192.0.2.1', 6), target, {})).toBe(false);
    expect(answersShow(NAME, answer('192.0.2.2'), target, {})).toBe(false);
    expect(answersShow(NAME, [], target, {})).toBe(false);
  });

  it('shows weights by one of the members that have a share', () => {
    expect(answersShow(NAME, answer('192.0.2.2'), WEIGHTED, {})).toBe(true);
    expect(answersShow(NAME, answer('192.0.2.1'), WEIGHTED, {})).toBe(false);
  });

  it('leaves it to the stamp where it does not tell', () => {
    expect(answersShow(NAME, answer('203.0.113.9'), ALIAS, {})).toBe(true);
    expect(answersShow(NAME, answer('203.0.113.9'), { addresses: ['192.0.2.1'], ttlSeconds: 5 }, EU)).toBe(true);
  });
});
