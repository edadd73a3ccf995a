import { describe, expect, it } from '@jest/globals';
import { problemsAfter, refuses, type Loose } from '../../../../test/support/broken-topology.js';

const target = (keys: object) => ({
  object: 'ConfigMap',
  namespace: 'orders',
  name: 'proxy',
  keys,
  restart: 'annotation',
  workloads: [{ kind: 'Deployment', name: 'consumer' }],
});
const kafkaProxy = () => ({ as: 'kafka-proxy', form: 'environment', listen: '127.0.0.1:32400' });
const kroxylicious = () => ({ as: 'kroxylicious', listen: 'localhost:9192' });

/** The example, its clients behind proxies; at site a one of them is changed. */
const after = (change: (target: Loose, config: Loose) => void) => (document: Loose) => {
  const [config] = document.groups[0].configs;
  const both = () => target({ MAPPING: kafkaProxy(), 'config.yaml': kroxylicious() });
  config.target = { kind: 'kubernetes', sites: { a: { targets: [both()] }, b: { targets: [both()] } } };
  for (const site of ['a', 'b']) config.data[site] = { 'bootstrap.servers': `kafka.${site}.example:9092` };
  change(config.target.sites.a.targets[0], config);
};
const AT = 'groups[0].configs[0].target.sites.a.targets[0].keys';

describe('the check of proxies', () => {
  it('takes them as they are meant', () => {
    expect(problemsAfter(after(() => undefined))).toEqual([]);
  });

  refuses([
    [
      'servers that cannot be mapped one by one',
      after((_target, { data }) => void (data.b['bootstrap.servers'] = 'one:9092, two:9092')),
      `${AT}.MAPPING.setting`,
      'one:9092, two:9092, which orders-clients says when b is active',
      'no blank',
    ],
    [
      'a server that stands twice, which kafka-proxy does not start with',
      after((_target, { data }) => void (data.b['bootstrap.servers'] = 'one:9092,one:9092')),
      `${AT}.MAPPING.setting`,
      'one:9092,one:9092',
      'once',
    ],
    [
      'servers of two clusters in one mapping',
      after((_target, { data }) => void (data.b['bootstrap.servers'] += ',kafka.a.example:9092')),
      `${AT}.MAPPING.setting`,
      'kafka.a.example:9092, which stands for a and for b',
      'servers of one cluster',
    ],
    [
      'a kafka-proxy that serves other pods, which the brokers that it discovers do not',
      after(({ keys }) => void (keys.MAPPING.listen = '10.1.2.3:32400')),
      `${AT}.MAPPING.listen`,
      '10.1.2.3:32400',
      'only a client beside it',
    ],
    [
      'an address that no client can connect to',
      after(({ keys }) => void (keys['config.yaml'].listen = '0.0.0.0:9192')),
      `${AT}.config.yaml.listen`,
      '0.0.0.0:9192',
      'they are told this address',
    ],
    [
      'a port for more brokers than there are ports left',
      after(({ keys }) => void (keys['config.yaml'].listen = 'localhost:65534')),
      `${AT}.config.yaml.listen`,
      'localhost:65534',
      'all up to 65537',
    ],
    [
      'two proxies of a pod on one port',
      after(({ keys }) => void (keys['config.yaml'].listen = 'localhost:32398')),
      `${AT}.config.yaml.listen`,
      'where MAPPING takes 32400 to 32400',
      'ports of its own',
    ],
    [
      'a proxy that would never read its new mapping',
      after((part) => void (part.restart = 'watch-file')),
      `${AT}.MAPPING.as`,
      'kafka-proxy with restart: watch-file',
      'only when it starts',
    ],
    [
      'ranges of brokers that overlap',
      after(({ keys }) => {
        keys['config.yaml'].nodeIds = [
          { start: 0, end: 3 },
          { start: 3, end: 5 },
        ];
      }),
      `${AT}.config.yaml.nodeIds`,
      '0 to 3, 3 to 5',
      'share no broker',
    ],
    [
      'more servers than brokers can have ports',
      after(({ keys }, { data }) => {
        keys['config.yaml'].nodeIds = [{ start: 1, end: 1 }];
        data.b['bootstrap.servers'] = 'one:9092,two:9092';
      }),
      `${AT}.config.yaml.nodeIds`,
      '1 to 1, and b has 2 servers',
      'the ids of the brokers of every site',
    ],
    [
      'a second virtual cluster in the file',
      after(({ keys }) => void (keys['config.yaml'].settings = { virtualClusters: [] })),
      `${AT}.config.yaml.settings`,
      'virtualClusters',
      'a mapping is of one cluster',
    ],
  ]);
});
