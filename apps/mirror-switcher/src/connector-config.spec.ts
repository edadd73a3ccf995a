import { describe, expect, it } from '@jest/globals';
import { checkpointConnector, missingTimeouts, sourceConnector, type FlowConfig } from './connector-config.js';

const flow: FlowConfig = {
  source: { alias: 'a', client: { 'bootstrap.servers': 'a:9092' } },
  target: { alias: 'b', client: { 'bootstrap.servers': 'b:9092', 'sasl.mechanism': 'PLAIN' } },
  topics: 'orders',
  groups: 'app.*',
  policy: 'identity',
  replicationFactor: 3,
};

describe('the configuration of a flow', () => {
  it('stops quickly without its source', () => {
    expect(missingTimeouts(sourceConnector(flow))).toEqual([]);
    expect(missingTimeouts(checkpointConnector(flow))).toEqual([]);
  });

  it('writes to the target as the mirror everywhere, so that one rule fences all of it', () => {
    expect(sourceConnector(flow)).toMatchObject({
      'target.cluster.sasl.mechanism': 'PLAIN',
      'producer.override.sasl.mechanism': 'PLAIN',
      'producer.override.bootstrap.servers': 'b:9092',
    });
  });

  it('keeps the mapping of offsets at the target, and the same policy in both connectors', () => {
    for (const config of [sourceConnector(flow), checkpointConnector(flow)]) {
      expect(config).toMatchObject({
        'offset-syncs.topic.location': 'target',
        'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
      });
    }
  });
});

describe('missingTimeouts', () => {
  it('names what a connector of somebody else lacks', () => {
    const { 'admin.timeout.ms': _, ...config } = sourceConnector(flow);
    expect(missingTimeouts(config)).toEqual(['admin.timeout.ms']);
  });
});
