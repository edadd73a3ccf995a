import { describe, expect, it } from '@jest/globals';
import { clusterId, flowId } from '#libs/domain';
import type { Flow } from '#libs/topology';
import { mannerOf } from './flow-manner.js';

const flow = (settings: Flow['driver']['settings'] = {}): Flow => ({
  id: flowId('a-to-b'),
  source: clusterId('kafka-a'),
  target: clusterId('kafka-b'),
  topics: ['orders'],
  policy: 'identity',
  principal: 'User:mm2',
  driver: { kind: 'connect', source: 'ab', checkpoint: 'ab-checkpoint', settings, secretSettings: {} },
});

describe('the manner of a flow', () => {
  it('is as Signalbox creates connectors, where nothing else is said', () => {
    expect(mannerOf(flow())).toEqual({
      naming: {
        policy: 'identity',
        sourceAlias: 'kafka-a',
        targetAlias: 'kafka-b',
        separatesInternals: true,
        syncsAt: 'target',
      },
      isolation: 'read-uncommitted',
      isTransactional: false,
    });
  });

  it('is what the settings of its connectors say', () => {
    const settings = {
      'source.cluster.alias': 'a',
      'offset-syncs.topic.location': 'source',
      'replication.policy.separator': '_',
      'replication.policy.internal.topic.separator.enabled': false,
      'source.consumer.isolation.level': 'read_committed',
      'exactly.once.support': 'required',
    };
    expect(mannerOf(flow(settings))).toMatchObject({
      naming: { sourceAlias: 'a', separator: '_', separatesInternals: false, syncsAt: 'source' },
      isolation: 'read-committed',
      isTransactional: true,
    });
  });
});
