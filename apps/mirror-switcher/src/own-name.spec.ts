import { describe, expect, it } from '@jest/globals';
import { copiesUnderItsOwnName } from './own-name.js';

const mirror = {
  'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector',
  'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
  topics: 'orders, orders\\.eu.*',
};

describe('a connector that copies topics under their own names', () => {
  it.each([
    [['orders'], true],
    [['orders.eu.*'], true],
    [['orders.us', 'orders'], true],
    [['orders-archive'], false],
    [['payments'], false],
  ])('%j: %s', (topics, expected) => {
    expect(copiesUnderItsOwnName(mirror, topics)).toBe(expected);
  });

  it('copies everything when it names no topic, and may do so when its pattern says nothing here', () => {
    const { topics: _topics, ...all } = mirror;
    expect(copiesUnderItsOwnName(all, ['payments'])).toBe(true);
    expect(copiesUnderItsOwnName({ ...mirror, topics: '(?i' }, ['payments'])).toBe(true);
  });

  it('is none with prefixes before the names, which end a circle, and none of another kind', () => {
    const prefixed = 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy';
    expect(copiesUnderItsOwnName({ ...mirror, 'replication.policy.class': prefixed }, ['orders'])).toBe(false);
    const { 'replication.policy.class': _policy, ...asByDefault } = mirror;
    expect(copiesUnderItsOwnName(asByDefault, ['orders'])).toBe(false);
    expect(copiesUnderItsOwnName({ ...mirror, 'connector.class': 'a.b.FileStreamSource' }, ['orders'])).toBe(false);
  });
});
