import { describe } from '@jest/globals';
import { refuses } from '../../../../test/support/broken-topology.js';

describe('the check of traffic', () => {
  refuses([
    [
      'a name outside its zone',
      (d) => void (d.groups[0].traffic[0].zone = 'example.org'),
      'groups[0].traffic[0].name',
      'kafka.example.com',
      'a name in the zone example.org',
    ],
    [
      'a name that stands twice',
      (d) => void d.groups[0].traffic.push(structuredClone(d.groups[0].traffic[0])),
      'groups[0].traffic[1].name',
      'kafka.example.com, which stands here twice',
      'once',
    ],
    [
      'a site without addresses',
      (d) => void delete d.groups[0].traffic[0].addresses.b,
      'groups[0].traffic[0].addresses',
      'a',
      'what kafka.example.com points at while b is active',
    ],
    [
      'a name that points at two kinds of things',
      (d) => void (d.groups[0].traffic[0].canonicalNames = { a: 'a.example.com', b: 'b.example.com' }),
      'groups[0].traffic[0]',
      'addresses and canonicalNames',
      'a name points at one kind of thing',
    ],
    [
      'a name that points at nothing',
      (d) => void delete d.groups[0].traffic[0].addresses,
      'groups[0].traffic[0]',
      'none of them',
      'one of addresses, canonicalNames, services, aliases for kafka.example.com',
    ],
    [
      'an alias that nobody resolves',
      (d) => {
        const alias = (aliasOf: string) => ({ zoneId: 'Z1', aliasOf });
        const { addresses: _, ...traffic } = d.groups[0].traffic[0];
        d.groups[0].traffic[0] = { ...traffic, aliases: { a: alias('a.example.com'), b: alias('b.example.com') } };
      },
      'groups[0].traffic[0].aliases',
      'aliases at rfc2136',
      'only Route 53 resolves an alias itself',
    ],
    [
      'equal addresses',
      (d) => void (d.groups[0].traffic[0].addresses.b = ['192.0.2.10']),
      'groups[0].traffic[0].addresses.b',
      '192.0.2.10, which another site has too',
      'moves nobody',
    ],
    [
      'a TTL for planned moves that is not lower',
      (d) => void (d.groups[0].traffic[0].plannedTtlSeconds = 5),
      'groups[0].traffic[0].plannedTtlSeconds',
      '5',
      'less than ttlSeconds of kafka.example.com, which is 5',
    ],
    [
      'a prefix and a suffix of external-dns at once',
      (d) => void (d.groups[0].traffic[0].externalDns = [{ prefix: 'x.', suffix: '-y' }]),
      'groups[0].traffic[0].externalDns[0]',
      'prefix and suffix',
      'one of the two',
    ],
  ]);
});
