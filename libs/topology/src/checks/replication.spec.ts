import { describe } from '@jest/globals';
import { refuses } from '../../../../test/support/broken-topology.js';

describe('the check of replication', () => {
  refuses([
    [
      'a flow inside a site',
      (d) => {
        d.clusters[1].site = 'a';
      },
      'flows[0].target',
      'kafka-b, in the site of the source',
      'a cluster of another site',
    ],
    [
      'a target without Connect',
      (d) => void delete d.clusters[1].connect,
      'flows[0].target',
      'kafka-b, which has no Connect workers',
      'a cluster with connect',
    ],
    [
      'one connector name twice',
      (d) => void (d.flows[0].driver.checkpoint = 'a-to-b-source'),
      'flows[0].driver.checkpoint',
      'a-to-b-source at http://connect.b.example:8083, which another',
      'a connector name of its own',
    ],
    [
      'one principal for both directions',
      (d) => void (d.flows[1].principal = 'User:mm2-ab'),
      'flows[1].principal',
      'which flow a-to-b has too',
      'a principal of its own per direction',
    ],
    [
      'a mirror that is Signalbox',
      (d) => void (d.flows[0].principal = 'User:signalbox'),
      'flows[0].principal',
      'which is Signalbox itself',
      'a principal of its own',
    ],
    [
      'a topic copied twice',
      (d) =>
        void d.flows.push({
          ...structuredClone(d.flows[0]),
          id: 'again',
          driver: { kind: 'connect', source: 's', checkpoint: 'c' },
        }),
      'flows[2].topics',
      'orders, which flow a-to-b copies the same way',
      'topics that no other flow',
    ],
    [
      'a circle that no group breaks',
      (d) => void (d.groups = []),
      'flows[1].topics',
      'orders, which flow a-to-b copies the other way',
      'policy: default',
    ],
    [
      'a group without replication',
      (d) => void (d.groups[0].topics = ['orders', 'bills']),
      'groups[0].topics',
      'nothing from a to b',
      'exactly one flow from a to b that carries orders, bills',
    ],
  ]);
});
