import { describe, expect, it } from '@jest/globals';
import { epoch, groupId, instant, runId, siteId, type AddressTarget, type ResourceOrder } from '#libs/domain';
import type { Held } from './held.js';
import { driftOf } from './name-drift.js';
import type { NameLook } from './name-look.js';

const ORDERED: AddressTarget = { addresses: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 5 };
const order: ResourceOrder = {
  resource: { kind: 'name', name: 'kafka.example.com' },
  group: groupId('orders'),
  value: { addresses: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 5 },
  epoch: epoch(7),
  run: runId('r'),
  step: 'redirect-kafka.example.com',
  worker: 'dns-switcher',
  runsAt: siteId('b'),
};
const look = (held: Held): NameLook => ({
  held,
  servers: [{ address: 'ns1:53', gives: 'new', serial: 42 }],
  resolvers: [],
  owners: [{ name: 'external-dns/x', at: 'a-kafka.example.com', isAdopted: true }],
});
const found = (target: AddressTarget, under = 7) => look({ target, epoch: epoch(under) });
const drift = (seen: NameLook) => driftOf(order, seen, undefined, instant(9));

describe('a name that drifted', () => {
  it('is not what was ordered, and says who may have done it', () => {
    expect(drift(found({ addresses: ['192.0.2.66'], ttlSeconds: 5 }))).toEqual({
      expected: '192.0.2.1, 192.0.2.2 (TTL 5 s) under epoch 7',
      found: '192.0.2.66 (TTL 5 s) under epoch 7',
      since: 9,
      hints: ['external-dns/x says at a-kafka.example.com that the name is theirs', 'the zone has serial 42 since'],
    });
  });

  it.each<[string, NameLook]>([
    ['another TTL', found({ ...ORDERED, ttlSeconds: 60 })],
    ['a stamp from before', found(ORDERED, 6)],
    ['no stamp at all', found(ORDERED, 0)],
    ['a stamp that somebody overwrote', look({ problem: 'holds TXT "x"', isForeign: true })],
  ])('has %s', (_what, seen) => {
    expect(drift(seen)).toBeDefined();
  });

  it.each<[string, NameLook]>([
    ['it is as it was ordered', found(ORDERED)],
    ['a newer run, or a plan by hand, has it', found({ addresses: ['192.0.2.66'], ttlSeconds: 5 }, 507)],
    ['it cannot be read', look({ problem: 'no answer', isForeign: false })],
    ['its servers do not agree yet', look({ isSpreading: true })],
  ])('has not while %s', (_when, seen) => {
    expect(drift(seen)).toBeUndefined();
  });

  it('is the same one for as long as the same is found', () => {
    const first = drift(found(ORDERED, 6));
    expect(driftOf(order, found(ORDERED, 6), first, instant(500))).toEqual(first);
    expect(driftOf(order, found(ORDERED, 5), first, instant(500))?.since).toBe(500);
  });
});
