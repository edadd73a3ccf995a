import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { clusterId, groupId, siteId } from '#libs/domain';
import {
  clusterOf,
  findCluster,
  findGroup,
  hostAndPort,
  inboundFlow,
  journalEndpoints,
  otherSite,
  policyOf,
} from './lookup.js';
import { parseTopology } from './parse.js';
import { describeRto, rtoSum } from './rto.js';
import { matchesTopic, overlapOf } from './topics.js';

const file = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const topology = parseTopology(readFileSync(file, 'utf8'));
const orders = findGroup(topology, groupId('orders'));
const [a, b] = [siteId('a'), siteId('b')];

describe('lookup', () => {
  it('finds the cluster of a group at a site, the flow into it, and the site to move to', () => {
    expect(clusterOf(topology, orders, b).id).toBe('kafka-b');
    expect([inboundFlow(topology, orders, a)?.id, inboundFlow(topology, orders, b)?.id]).toEqual(['b-to-a', 'a-to-b']);
    expect([otherSite(orders, a), otherSite(orders, b)]).toEqual([b, a]);
  });

  it('treats an id that the check would have refused as a bug', () => {
    expect(() => findCluster(topology, clusterId('kafka-z'))).toThrow('There is no cluster kafka-z in this topology.');
  });

  it('merges the policy of a group over that of the document over the defaults', () => {
    expect(policyOf(topology, orders)).toMatchObject({ rpoMs: 5_000, dwellLongMs: 90_000, selfFenceMs: 30_000 });
  });

  it('puts the own journal member first', () => {
    expect(journalEndpoints(topology, b)[0]).toBe('http://etcd.b.example:2379');
    expect(journalEndpoints(topology)).toHaveLength(6);
  });

  it('tries the other ways to the journal after all others', () => {
    expect(journalEndpoints(topology, b)).toEqual([
      'http://etcd.b.example:2379',
      'http://etcd.a.example:2379',
      'http://etcd.w.example:2379',
      'http://etcd.b.second.example:2379',
      'http://etcd.a.second.example:2379',
      'http://etcd.w.second.example:2379',
    ]);
    const plain = { ...topology, journal: { ...topology.journal, otherWays: {} } };
    expect(journalEndpoints(plain)).toHaveLength(3);
  });

  it('splits addresses, IPv6 ones too', () => {
    expect(hostAndPort('a.example:53')).toEqual({ host: 'a.example', port: 53 });
    expect(hostAndPort('[::1]:53')).toEqual({ host: '::1', port: 53 });
  });

  it('matches topics by name and by prefix', () => {
    expect(['orders', 'orders-eu', 'bills'].map((topic) => matchesTopic(['orders*'], topic))).toEqual([
      true,
      true,
      false,
    ]);
    expect([overlapOf(['a*'], ['ab*']), overlapOf(['a'], ['b*']), overlapOf(['x', 'b'], ['*'])]).toEqual([
      'a*',
      undefined,
      'x',
    ]);
  });

  it('sums up what clients wait for', () => {
    const sum = rtoSum(topology, orders);
    expect(describeRto(sum)).toBe(
      '5600 ms first failed round + 90000 ms dwell + 2000 ms decision + 5000 ms run + 5000 ms DNS time to live + 5000 ms clients = 112600 ms',
    );
    expect(sum.totalMs).toBeLessThanOrEqual(sum.goalMs);
  });
});
