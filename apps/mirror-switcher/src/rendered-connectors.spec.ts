import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { missingTimeouts } from './connector-config.js';
import { renderConnectors, type RenderedFlow } from './rendered-connectors.js';

const source = { id: clusterId('kafka-b'), bootstrap: ['b1:9092', 'b2:9092'] };
const target = { id: clusterId('kafka-a'), bootstrap: ['a1:9092'] };
const render = (flow: Partial<RenderedFlow> = {}) =>
  renderConnectors({ topics: ['orders'], policy: 'identity', settings: {}, secrets: {}, ...flow }, source, target);

describe(renderConnectors.name, () => {
  it('makes both connectors of a flow from the topology alone', () => {
    const { source: mirror, checkpoint } = render();
    const both = {
      'source.cluster.alias': 'kafka-b',
      'target.cluster.alias': 'kafka-a',
      'source.cluster.bootstrap.servers': 'b1:9092,b2:9092',
      'target.cluster.bootstrap.servers': 'a1:9092',
      topics: 'orders',
      'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
      'offset-syncs.topic.location': 'target',
      'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    };
    expect(mirror).toMatchObject({
      ...both,
      'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector',
      'sync.topic.acls.enabled': 'false',
      'sync.topic.configs.enabled': 'false',
    });
    expect(checkpoint).toMatchObject({
      ...both,
      'connector.class': 'org.apache.kafka.connect.mirror.MirrorCheckpointConnector',
      'sync.group.offsets.enabled': 'true',
    });
    expect([mirror, checkpoint].map(missingTimeouts)).toEqual([[], []]);
  });

  it('puts the settings over its own, and the secrets over these, as texts', () => {
    const { source: mirror, checkpoint } = render({
      settings: { 'source.cluster.alias': 'b', 'admin.timeout.ms': 9_000, 'source.cluster.sasl.jaas.config': 'empty' },
      secrets: { 'source.cluster.sasl.jaas.config': 'secret' },
    });
    const expected = {
      'source.cluster.alias': 'b',
      'admin.timeout.ms': '9000',
      'source.cluster.sasl.jaas.config': 'secret',
    };
    expect(mirror).toMatchObject(expected);
    expect(checkpoint).toMatchObject(expected);
  });

  it('lets the worker write as the mirror logs in at the target, unless it is told otherwise', () => {
    const { source: mirror } = render({
      settings: { 'target.cluster.security.protocol': 'SASL_SSL', 'producer.override.linger.ms': 5 },
      secrets: { 'target.cluster.sasl.jaas.config': 'secret', 'source.cluster.sasl.jaas.config': 'other' },
    });
    const overrides = Object.entries(mirror).filter(([key]) => key.startsWith('producer.override.'));
    expect(Object.fromEntries(overrides)).toEqual({
      'producer.override.bootstrap.servers': 'a1:9092',
      'producer.override.security.protocol': 'SASL_SSL',
      'producer.override.sasl.jaas.config': 'secret',
      'producer.override.linger.ms': '5',
      'producer.override.enable.idempotence': 'true',
    });
    const own = render({ settings: { 'producer.override.bootstrap.servers': 'a9:9094' } });
    expect(own.source['producer.override.bootstrap.servers']).toBe('a9:9094');
  });

  it('writes names and prefixes as the regular expressions that MirrorMaker takes', () => {
    const { source: mirror } = render({ topics: ['orders.eu', 'bills-*', '*'], policy: 'default' });
    expect(mirror).toMatchObject({
      topics: 'orders\\.eu,bills-.*,.*',
      'replication.policy.class': 'org.apache.kafka.connect.mirror.DefaultReplicationPolicy',
    });
  });

  it('copies the topic for records of our own, too', () => {
    expect(render({ probeTopic: 'probe.ab' }).source['topics']).toBe('orders,probe\\.ab');
  });
});
