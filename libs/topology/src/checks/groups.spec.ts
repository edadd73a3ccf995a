import { describe } from '@jest/globals';
import { refuses, secondGroup } from '../../../../test/support/broken-topology.js';

describe('the check of groups', () => {
  refuses([
    ['a home elsewhere', (d) => void (d.groups[0].home = 'w'), 'groups[0].home', 'w', "one of the group's sites: a, b"],
    [
      'a group in a witness',
      (d) => void (d.groups[0].sites[1] = 'w'),
      'groups[0].sites[1]',
      'w, which is a witness',
      'a site that can serve',
    ],
    ['the same site twice', (d) => void (d.groups[0].sites[1] = 'a'), 'groups[0].sites', 'a, a', 'two different sites'],
    [
      'a topic in two groups',
      (d) => void (secondGroup(d).traffic = []),
      'groups[1].topics',
      'orders, which is also in group orders',
      'every topic in one group',
    ],
    [
      'a flow for two groups',
      (d) => {
        d.flows[0].topics = ['*'];
        d.flows[1].topics = ['*'];
        Object.assign(secondGroup(d), { topics: ['bills'], traffic: [] });
      },
      'flows[0].topics',
      'topics of the groups orders, billing',
      'topics of one group',
    ],
    [
      'advisory without a word on split brain',
      (d) => void (d.groups[0].fenceMode = 'advisory'),
      'groups[0].fenceMode',
      'advisory',
      'acceptSplitBrain: true',
    ],
    [
      'two clusters in one site',
      (d) => {
        d.clusters.push({ ...d.clusters[1], id: 'kafka-b2', bootstrap: ['b2:9092'] });
        d.flows.pop();
        d.flows.push({ ...d.flows[0], id: 'a-to-b2', target: 'kafka-b2' });
      },
      'groups[0].sites[1]',
      'b, where the group has kafka-b, kafka-b2',
      'exactly one cluster per site',
    ],
  ]);
});
