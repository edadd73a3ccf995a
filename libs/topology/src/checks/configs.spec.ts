import { describe } from '@jest/globals';
import { refuses } from '../../../../test/support/broken-topology.js';

describe('the check of configs', () => {
  refuses([
    [
      'a config that stands twice',
      (d) => void d.groups[0].configs.push(structuredClone(d.groups[0].configs[0])),
      'groups[0].configs[1].id',
      'orders-clients, which stands here twice',
      'once',
    ],
    [
      'a site without a file',
      (d) => void delete d.groups[0].configs[0].target.files.b,
      'groups[0].configs[0].target.files',
      'a',
      'the file that clients at b follow',
    ],
    [
      'a site without data',
      (d) => void delete d.groups[0].configs[0].data.a,
      'groups[0].configs[0].data',
      'b',
      'what orders-clients says when a is active',
    ],
    [
      'data of no site',
      (d) => void (d.groups[0].configs[0].data.z = {}),
      'groups[0].configs[0].data.z',
      'z, which is no site',
      'one of the sites',
    ],
  ]);
});
