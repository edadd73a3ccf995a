import { describe, expect, it } from '@jest/globals';
import { chained, fingerprintOf } from './fingerprint.js';
import type { WholeRecord } from './whole-record.js';

const bytes = (text: string) => Buffer.from(text);
const record: WholeRecord = {
  key: bytes('k'),
  value: bytes('v'),
  headers: [
    [bytes('h'), bytes('1')],
    [bytes('h'), null],
  ],
  timestamp: 1_700_000_000_000,
};
const text = (one: WholeRecord) => fingerprintOf(one).toString('hex');

describe(fingerprintOf.name, () => {
  it.each<[string, Partial<WholeRecord>]>([
    ['another key', { key: bytes('K') }],
    ['no key, which is not an empty one', { key: null }],
    ['an empty key', { key: bytes('') }],
    ['bytes of the value in the key', { key: bytes('kv'), value: bytes('') }],
    ['a tombstone', { value: null }],
    ['another timestamp', { timestamp: 1_700_000_000_001 }],
    ['headers in another order', { headers: record.headers.toReversed() }],
    ['a header less', { headers: record.headers.slice(1) }],
  ])('tells a record from one with %s', (_, change) => {
    expect(text({ ...record, ...change })).not.toBe(text(record));
  });

  it('is that of a copy, whatever the copy was given', () => {
    const copy = { ...record, headers: [...record.headers, [bytes('x-origin'), bytes('a')] as const] };
    expect(fingerprintOf(copy, (name) => name.toString() === 'x-origin')).toEqual(fingerprintOf(record));
  });

  it('tells sequences by their order', () => {
    const [one, two] = [fingerprintOf(record), fingerprintOf({ ...record, key: null })];
    expect(chained(chained('', one), two)).not.toBe(chained(chained('', two), one));
  });
});
