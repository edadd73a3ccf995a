import { describe } from '@jest/globals';
import { refuses } from '../../../../test/support/broken-topology.js';

const BY_STRIMZI = { kind: 'strimzi', namespace: 'kafka', connect: 'http://mm2:8083' };

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
      'one resource of Strimzi for two directions',
      (d) => {
        const driver = { ...BY_STRIMZI, mirrorMaker: 'mm2' };
        const [positions, same] = [
          { listed: 'listed', altered: 'altered' },
          { listed: 'listed-2', altered: 'listed' },
        ];
        d.clusters[1].site = d.clusters[0].site;
        d.flows[0].driver = { ...driver, positions };
        d.flows[1].driver = { ...driver, mirrorMaker: 'other', positions: same };
      },
      'flows[1].driver.positions.altered',
      'ConfigMap kafka/listed at a, which stands here twice',
      'one of its own for every direction',
    ],
    [
      'a resource of Strimzi that is not named',
      (d) => void (d.flows[0].driver = { ...BY_STRIMZI, positions: { listed: 'l', altered: 'm' } }),
      'flows[0].driver',
      'neither mirrorMaker nor connectors',
      'one of the two: mirrorMaker where a KafkaMirrorMaker2 runs the flow',
    ],
    [
      'resources of Strimzi in both forms',
      (d) => {
        const both = { mirrorMaker: 'mm2', connectors: { source: 'source' } };
        d.flows[0].driver = { ...BY_STRIMZI, ...both, positions: { listed: 'l', altered: 'm' } };
      },
      'flows[0].driver',
      'mirrorMaker and connectors',
      'connectors where KafkaConnectors do',
    ],
    [
      'one KafkaConnector for both connectors',
      (d) => {
        const connectors = { source: 'mm2', checkpoint: 'mm2' };
        d.flows[0].driver = { ...BY_STRIMZI, connectors, positions: { listed: 'l', altered: 'm' } };
      },
      'flows[0].driver.connectors.checkpoint',
      'KafkaConnector kafka/mm2 at b, which stands here twice',
      'one of its own for every direction',
    ],
    [
      'one file for two directions',
      (d) => {
        const driver = { kind: 'dedicated', file: '/etc/mm2.properties', restart: ['restart-mm2'] };
        d.clusters[1].site = d.clusters[0].site;
        for (const flow of d.flows) flow.driver = driver;
      },
      'flows[1].driver.file',
      '/etc/mm2.properties at a, which another flow has too',
      'a file of its own for every direction',
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
