import { describe, expect, it } from '@jest/globals';
import { clusterId, flowId } from '#libs/domain';
import type { Flow } from '#libs/topology';
import { isCopied, isMarked, isRead } from './flow-topics.js';

const flow = (change: Partial<Flow>): Flow => ({
  id: flowId('a-to-b'),
  source: clusterId('a'),
  target: clusterId('b'),
  topics: ['orders'],
  policy: 'default',
  principal: 'User:mm2-ab',
  driver: { kind: 'connect', source: 's', checkpoint: 'c', settings: {}, secretSettings: {} },
  ...change,
});

describe(isCopied.name, () => {
  const of = (topics: readonly string[], names: readonly string[]) =>
    names.filter((name) => isCopied({ topics }, name));

  it('follows the names and prefixes of the flow', () => {
    expect(of(['orders', 'bills.*'], ['orders', 'orders.eu', 'bills.x'])).toEqual(['orders', 'bills.x']);
  });

  it('leaves out what MirrorMaker leaves out, and the topics of Signalbox', () => {
    const left = ['mm2-offset-syncs.b.internal', 'b.checkpoints.internal', 'app-internal', '__x', '.x', 'y.replica'];
    expect(of(['*'], [...left, 'signalbox.observations', 'signalboxes', 'internal'])).toEqual([
      'signalboxes',
      'internal',
    ]);
  });
});

describe(isMarked.name, () => {
  const NAMES = ['orders', 'a.orders', 'c.orders', 'b.orders', 'a.bills'];
  const of = (change: Partial<Flow>) => NAMES.filter((name) => isMarked(flow(change), name));

  it("is the copy and the topic of the source's name, and no other cluster's copy", () => {
    expect(of({})).toEqual(['orders', 'a.orders']);
    expect(of({ policy: 'identity' })).toEqual(['orders']);
  });

  it('goes by the aliases and the separator that the connectors have', () => {
    const settings = { 'source.cluster.alias': 'c', 'replication.policy.separator': '.' };
    const driver = { kind: 'connect', source: 's', checkpoint: 'c', settings, secretSettings: {} } as const;
    expect(of({ driver })).toEqual(['orders', 'c.orders']);
  });
});

describe(isRead.name, () => {
  const of = (change: Partial<Flow>) => ['orders', 'a.orders', 'b.orders'].filter((name) => isRead(flow(change), name));

  it('leaves out what came from the target, as MirrorMaker does, where the names tell', () => {
    expect(of({ topics: ['*'] })).toEqual(['orders', 'a.orders']);
    expect(of({ topics: ['*'], policy: 'identity' })).toEqual(['orders', 'a.orders', 'b.orders']);
    expect(of({})).toEqual(['orders']);
  });
});
