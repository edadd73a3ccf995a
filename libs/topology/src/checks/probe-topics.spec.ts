import { describe, expect, it } from '@jest/globals';
import { problemsAfter, refuses, type Loose } from '../../../../test/support/broken-topology.js';

const probe =
  (topic: string, flow = 0) =>
  (d: Loose) =>
    void (d.flows[flow].probeTopic = topic);

describe('the check of probe topics', () => {
  it('takes one of its own for each direction', () => {
    const both = (d: Loose) => [probe('probe-ab'), probe('probe-ba', 1)].forEach((change) => change(d));
    expect(problemsAfter(both)).toEqual([]);
  });

  refuses([
    [
      'a topic of a group',
      probe('orders'),
      'flows[0].probeTopic',
      'orders, which is a topic of group orders',
      'a topic of no group',
    ],
    [
      'a topic that a flow carries',
      (d) => {
        d.flows[1].topics = ['orders', 'probe-*'];
        probe('probe-ab')(d);
      },
      'flows[0].probeTopic',
      'probe-ab, which is among the topics of flow b-to-a',
      'a topic beside those of every flow',
    ],
    [
      'one topic for both directions',
      (d) => [0, 1].forEach((flow) => probe('probe', flow)(d)),
      'flows[1].probeTopic',
      'probe, which another flow has too',
      'a topic of its own for every direction',
    ],
    [
      'a name that mirrors leave out',
      probe('signalbox.probe.a-to-b'),
      'flows[0].probeTopic',
      'signalbox.probe.a-to-b',
      'a name that mirrors copy',
    ],
    ['a prefix', probe('probe-*'), 'flows[0].probeTopic', 'probe-*', 'a topic name'],
    [
      'a flow that nobody measures',
      (d) => {
        d.flows[0].driver = { kind: 'dedicated', file: '/etc/mm2.properties', restart: ['restart-mm2'] };
        probe('probe-ab')(d);
      },
      'flows[0].probeTopic',
      'which no health-monitor measures',
      'no probeTopic',
    ],
  ]);

  it('says it once of a topic that a group and its flows have', () => {
    const found = problemsAfter(probe('orders')).filter(({ path }) => path === 'flows[0].probeTopic');
    expect(found).toHaveLength(1);
  });
});
