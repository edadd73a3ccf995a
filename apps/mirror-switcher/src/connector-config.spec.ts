import { describe, expect, it } from '@jest/globals';
import { maySendTwice, missingTimeouts, SENDS_ONCE } from './connector-config.js';

describe('missingTimeouts', () => {
  const complete = Object.fromEntries(missingTimeouts({}).map((setting) => [setting, '1000']));

  it('names what a connector lacks that would make it stop slowly', () => {
    const { 'admin.timeout.ms': _, ...config } = complete;
    expect(missingTimeouts(config)).toEqual(['admin.timeout.ms']);
  });

  it('takes any value: how short it may be depends on the distance to the source', () => {
    expect(missingTimeouts(complete)).toEqual([]);
  });
});

describe('maySendTwice', () => {
  const source = { 'connector.class': 'org.apache.kafka.connect.mirror.MirrorSourceConnector' };

  it('is true of a mirror whose producer is as Connect makes it', () => {
    expect(maySendTwice(source)).toBe(true);
    expect(maySendTwice({ ...source, 'producer.override.enable.idempotence': 'false' })).toBe(true);
  });

  it.each([
    ['its producer is idempotent', { ...source, ...SENDS_ONCE }],
    ['it copies in transactions', { ...source, 'exactly.once.support': 'required' }],
    ['it copies no records', { 'connector.class': 'org.apache.kafka.connect.mirror.MirrorCheckpointConnector' }],
  ])('is false where %s', (_why, config) => {
    expect(maySendTwice(config)).toBe(false);
  });
});
