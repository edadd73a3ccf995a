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
      'a file that is named from nowhere in particular',
      (d) => void (d.groups[0].configs[0].target.files.b = 'clients.json'),
      'groups[0].configs[0].target.files.b',
      'clients.json',
      'the absolute path of a file',
    ],
    [
      'two configs in one file of a site',
      (d) => void d.groups[0].configs.push({ ...structuredClone(d.groups[0].configs[0]), id: 'orders-admins' }),
      'groups[0].configs[1].target.files.a',
      '/etc/orders/clients.json at a, which another config has',
      'a file of its own',
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
