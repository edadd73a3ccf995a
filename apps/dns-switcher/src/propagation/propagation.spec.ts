import { describe, expect, it } from '@jest/globals';
import type { NameTarget, ResolverSeen } from '#libs/domain';
import { propagationOf } from './propagation.js';
import { expectedOf } from './resolver-round.js';

const OVER = { horizonMs: 10_000, until: undefined, oldTtlSeconds: 5, unseen: [] };
const old: ResolverSeen = { address: '10.0.0.53:53', gives: 'old', remainingTtlSeconds: 4 };

describe('the state of a name', () => {
  it('is done once the horizon has passed and the resolvers give the new answer', () => {
    expect(propagationOf(OVER, [{ ...old, gives: 'new' }], 10_000)).toMatchObject({ state: 'done', waitsFor: [] });
  });

  it.each([
    ['before the horizon, though every resolver looks right', OVER, [], 9_999, 'old answers may still be cached'],
    [
      'while a server may hand out the old answer, however long ago that was',
      { ...OVER, horizonMs: undefined, unseen: ['ns1:53'] },
      [],
      9_999_999,
      'ns1:53 has not been seen with the new answer',
    ],
    [
      'while a resolver gives the old answer',
      OVER,
      [old],
      10_000,
      'resolver 10.0.0.53:53 gives an old answer for 4 s more',
    ],
  ])('is propagating %s', (_when, spreading, resolvers, nowMs, why) => {
    expect(propagationOf(spreading, resolvers, nowMs)).toMatchObject({ state: 'propagating', waitsFor: [why] });
  });

  it('names a resolver that ignores TTLs, and does not take silence for an answer', () => {
    const { resolvers, waitsFor } = propagationOf(OVER, [old, { ...old, gives: 'nothing' }], 11_000);
    expect(resolvers.map(({ ignoresTtl = false }) => ignoresTtl)).toEqual([true, false]);
    expect(waitsFor).toEqual(['resolver 10.0.0.53:53 gives an old answer though its TTL is over: it ignores TTLs']);
  });
});

describe('what resolvers may answer', () => {
  const plain = (addresses: readonly string[]) => ({ addresses, ttlSeconds: 5 });
  it.each<[string, NameTarget, Record<string, string[][]>]>([
    [
      'addresses, and no other family',
      plain(['192.0.2.2', '192.0.2.1']),
      { A: [['A 192.0.2.1', 'A 192.0.2.2']], AAAA: [] },
    ],
    ['another name', { kind: 'cname', canonicalName: 'x.example', ttlSeconds: 5 }, { CNAME: [['CNAME x.example']] }],
    [
      'one of several, without those that are drained',
      {
        kind: 'weighted',
        members: [
          { id: 'a', weight: 0, target: plain(['192.0.2.1']) },
          { id: 'b', weight: 3, target: plain(['192.0.2.2']) },
          { id: 'c', weight: 1, target: plain(['192.0.2.3']) },
        ],
      },
      { A: [['A 192.0.2.2'], ['A 192.0.2.3']], AAAA: [] },
    ],
    [
      'whatever an alias leads to',
      { kind: 'alias', zoneId: 'Z', aliasOf: 'lb', evaluateHealth: false, families: ['ipv4'] },
      {},
    ],
  ])('%s', (_what, target, expected) => {
    expect(Object.fromEntries(expectedOf('kafka.example.com', target, {}))).toEqual(expected);
  });
});
