import { describe, expect, it } from '@jest/globals';
import { NameTargetWire } from './name-target.js';

describe('what a name is set to', () => {
  it('is read in the form that journals have held from the start', () => {
    const held = { addresses: ['192.0.2.2', '192.0.2.1'], ttlSeconds: 5 };
    expect(NameTargetWire.parse(held)).toEqual({ addresses: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 5 });
  });

  it.each([
    ['a CNAME', { kind: 'cname', canonicalName: 'A.Example.', ttlSeconds: 5 }, { canonicalName: 'a.example' }],
    [
      'services',
      { kind: 'services', services: [{ priority: 1, weight: 2, port: 9092, host: 'B.example' }], ttlSeconds: 5 },
      { services: [{ priority: 1, weight: 2, port: 9092, host: 'b.example' }] },
    ],
    [
      'an alias',
      { kind: 'alias', zoneId: 'Z1', aliasOf: 'lb.example', evaluateHealth: false, families: ['ipv6', 'ipv4'] },
      { families: ['ipv4', 'ipv6'] },
    ],
    [
      'weights',
      {
        kind: 'weighted',
        members: [
          { id: 'b', weight: 0, target: { addresses: ['192.0.2.2'], ttlSeconds: 5 } },
          { id: 'a', weight: 10, target: { kind: 'cname', canonicalName: 'x', ttlSeconds: 5 } },
        ],
      },
      { members: [{ id: 'a' }, { id: 'b' }] },
    ],
  ])('can be %s', (_, target, canonical) => {
    expect(NameTargetWire.parse(target)).toMatchObject(canonical);
  });

  it('is never nothing, nor a kind that nobody knows', () => {
    for (const target of [
      { addresses: [], ttlSeconds: 5 },
      { kind: 'other', addresses: ['192.0.2.1'], ttlSeconds: 5 },
    ])
      expect(NameTargetWire.safeParse(target).success).toBe(false);
  });
});
