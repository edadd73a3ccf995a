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
      'the addresses of kafka.example.com at b',
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
