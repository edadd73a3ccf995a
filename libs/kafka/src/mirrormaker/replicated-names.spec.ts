import { describe, expect, it } from '@jest/globals';
import {
  checkpointsTopicOf,
  isNeverCopied,
  offsetSyncsTopicOf,
  sourceTopicOf,
  targetTopicOf,
  type FlowNaming,
} from './replicated-names.js';

const identity: FlowNaming = { policy: 'identity', sourceAlias: 'A', targetAlias: 'B', syncsAt: 'target' };

describe('names of a mirror', () => {
  it('keeps a topic under Identity and prefixes it by default', () => {
    expect(targetTopicOf(identity, 'orders')).toBe('orders');
    expect(targetTopicOf({ ...identity, policy: 'default' }, 'orders')).toBe('A.orders');
    expect(targetTopicOf({ ...identity, policy: 'default', separator: '_' }, 'orders')).toBe('A_orders');
  });

  it('knows that Identity renames whatever ends in heartbeats', () => {
    expect(targetTopicOf(identity, 'payment-heartbeats')).toBe('A.payment-heartbeats');
  });

  it('finds the topic that a copy is of', () => {
    const policies = [
      identity,
      { ...identity, policy: 'default' },
      { ...identity, policy: 'default', separator: '_' },
    ] as const;
    for (const naming of policies)
      for (const topic of ['orders', 'payment-heartbeats', 'A.orders'])
        expect(sourceTopicOf(naming, targetTopicOf(naming, topic))).toBe(topic);
  });

  it('looks for the offset syncs under the alias of the other cluster', () => {
    expect(offsetSyncsTopicOf(identity)).toBe('mm2-offset-syncs.A.internal');
    expect(offsetSyncsTopicOf({ ...identity, syncsAt: 'source' })).toBe('mm2-offset-syncs.B.internal');
    expect(offsetSyncsTopicOf({ ...identity, separator: '_' })).toBe('mm2-offset-syncs_A_internal');
    expect(offsetSyncsTopicOf({ ...identity, separator: '_', separatesInternals: false })).toBe(
      'mm2-offset-syncs.A.internal',
    );
    expect(checkpointsTopicOf(identity)).toBe('A.checkpoints.internal');
  });

  it('knows what is never copied', () => {
    expect(['__consumer_offsets', '.hidden', 'mm2-configs.A.internal', 'app-internal'].every(isNeverCopied)).toBe(true);
    expect(['orders', 'internals', 'internal'].some(isNeverCopied)).toBe(false);
  });
});
