import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkpointKey, checkpointValue, readCheckpoint } from './checkpoint.js';
import { heartbeatKey, heartbeatValue, readHeartbeat } from './heartbeat.js';
import { offsetSyncKey, offsetSyncValue, readOffsetSync } from './offset-sync.js';
import { readSourceOffset, sourceOffsetKey, sourceOffsetValue } from './source-offset.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const MALFORMED = { code: 'SB_KAFKA_MALFORMED_RECORD' };

/** As MirrorMaker 2 writes them. */
const GOLDEN = {
  heartbeat: {
    key: '000141000142',
    value: '00000000018bcfe56800',
    means: { source: 'A', target: 'B', atMs: 1_700_000_000_000 },
  },
  checkpoint: {
    key: '000267310008412e6f726465727300000003',
    value: '0000000000000000041200000000000003e80000',
    means: { group: 'g1', topic: 'A.orders', partition: 3, upstream: 1042, downstream: 1000, metadata: '' },
  },
  offsetSync: {
    key: '00066f726465727300000003',
    value: '000000000000041000000000000003e7',
    means: { topic: 'orders', partition: 3, upstream: 1040, downstream: 999 },
  },
} as const;

const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const partition = fc.nat({ max: 0x7fff_ffff });

describe('what MirrorMaker 2 writes', () => {
  it('is read as the golden vectors say', () => {
    const { heartbeat, checkpoint, offsetSync } = GOLDEN;
    expect(readHeartbeat(hex(heartbeat.key), hex(heartbeat.value))).toEqual(heartbeat.means);
    expect(readCheckpoint(hex(checkpoint.key), hex(checkpoint.value))).toEqual(checkpoint.means);
    expect(readOffsetSync(hex(offsetSync.key), hex(offsetSync.value))).toEqual(offsetSync.means);
  });

  it('is written as the golden vectors say', () => {
    const { heartbeat, checkpoint, offsetSync } = GOLDEN;
    expect(heartbeatKey(heartbeat.means).toString('hex')).toBe(heartbeat.key);
    expect(heartbeatValue(heartbeat.means).toString('hex')).toBe(heartbeat.value);
    expect(checkpointKey(checkpoint.means).toString('hex')).toBe(checkpoint.key);
    expect(checkpointValue(checkpoint.means).toString('hex')).toBe(checkpoint.value);
    expect(offsetSyncKey(offsetSync.means).toString('hex')).toBe(offsetSync.key);
    expect(offsetSyncValue(offsetSync.means).toString('hex')).toBe(offsetSync.value);
  });

  it('comes back as it was written, whatever it is', () => {
    fc.assert(
      fc.property(text, text, partition, offset, offset, text, (group, topic, id, upstream, downstream, metadata) => {
        const sync = { topic, partition: id, upstream, downstream };
        expect(readOffsetSync(offsetSyncKey(sync), offsetSyncValue(sync))).toEqual(sync);
        const checkpoint = { group, topic, partition: id, upstream, downstream, metadata };
        expect(readCheckpoint(checkpointKey(checkpoint), checkpointValue(checkpoint))).toEqual(checkpoint);
        const heartbeat = { source: group, target: topic, atMs: upstream };
        expect(readHeartbeat(heartbeatKey(heartbeat), heartbeatValue(heartbeat))).toEqual(heartbeat);
        const place = { connector: group, cluster: metadata, topic, partition: id };
        expect(readSourceOffset(sourceOffsetKey(place), sourceOffsetValue(upstream))).toEqual({
          ...place,
          last: upstream,
        });
      }),
    );
  });

  it('is refused wherever it was cut off, and when something follows it', () => {
    for (const [name, read] of [
      ['heartbeat', readHeartbeat],
      ['checkpoint', readCheckpoint],
      ['offsetSync', readOffsetSync],
    ] as const) {
      const [key, value] = [hex(GOLDEN[name].key), hex(GOLDEN[name].value)];
      for (let end = 0; end < key.length; end++) expect(() => read(key.subarray(0, end), value)).toThrow(/it ends at/);
      for (let end = 0; end < value.length; end++) {
        expect(() => read(key, value.subarray(0, end))).toThrow(expect.objectContaining(MALFORMED));
      }
      expect(() => read(key, Buffer.concat([value, hex('00')]))).toThrow(/1 bytes are left over/);
    }
  });

  it('is refused in a version that nobody knows, by name', () => {
    const { heartbeat, checkpoint } = GOLDEN;
    const later = (value: string) => hex(`0001${value.slice(4)}`);
    expect(() => readHeartbeat(hex(heartbeat.key), later(heartbeat.value))).toThrow(
      'the heartbeat of A to B: its version is 1, and only 0 is known',
    );
    expect(() => readCheckpoint(hex(checkpoint.key), later(checkpoint.value))).toThrow(
      'the checkpoint of group g1 in A.orders-3: its version is 1, and only 0 is known',
    );
  });

  it('never fails in another way on bytes of somebody else', () => {
    const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));
    const codeOf = (read: () => unknown): unknown => {
      try {
        read();
        return MALFORMED.code;
      } catch (error) {
        return (error as { readonly code?: unknown }).code;
      }
    };
    fc.assert(
      fc.property(bytes, bytes, (key, value) => {
        for (const read of [readHeartbeat, readCheckpoint, readOffsetSync, readSourceOffset])
          expect(codeOf(() => read(key, value))).toBe(MALFORMED.code);
      }),
    );
  });
});

describe('what Connect stores of a mirror', () => {
  const key = Buffer.from('["ab-source",{"cluster":"A","partition":0,"topic":"orders"}]');

  it('is the last offset that was copied, or that there is none any more', () => {
    const place = { connector: 'ab-source', cluster: 'A', topic: 'orders', partition: 0 };
    expect(readSourceOffset(key, Buffer.from('{"offset":1041}'))).toEqual({ ...place, last: 1041 });
    expect(readSourceOffset(key, null)).toEqual({ ...place, last: undefined });
    expect(sourceOffsetKey(place)).toEqual(key);
  });

  it('leaves the records of other connectors alone, and says what it cannot read', () => {
    expect(readSourceOffset(Buffer.from('["files",{"filename":"x"}]'), Buffer.from('{"position":1}'))).toBeUndefined();
    expect(() => readSourceOffset(key, Buffer.from('{"offset":"1041"}'))).toThrow(
      'the Connect offset of orders-0 is no {"offset": n}',
    );
    expect(() => readSourceOffset(Buffer.from('nonsense'), null)).toThrow(expect.objectContaining(MALFORMED));
  });
});
