import { describe, expect, it } from '@jest/globals';
import { bytesOf, encodeUpdate } from './update-message.js';

const message = encodeUpdate(7, {
  zone: 'Example.org.',
  remove: [{ name: 'k.example.org', type: 'A', values: ['192.0.2.1', '192.0.2.2'] }],
  create: [
    { name: 'k.example.org', type: 'A', values: ['192.0.2.3'], ttlSeconds: 5 },
    { name: '_kafka._tcp.k.example.org', type: 'SRV', values: ['1 2 9092 b.example.org'], ttlSeconds: 5 },
  ],
  absent: [{ name: '_signalbox.k.example.org', type: 'TXT' }],
});
/** Type, class, TTL, data length and data, as RFC 2136 §2.4 and §2.5 give them. */
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('encodeUpdate', () => {
  it('is an UPDATE of one zone, with its sections counted', () => {
    expect(message.subarray(0, 12)).toEqual(bytes('0007 2800 0001 0003 0003 0000'));
    expect(message.indexOf('\x07example\x03org\0\0\x06\0\x01')).toBe(12);
  });

  it('demands that a set that was not there is still not there', () => {
    expect(message.includes(bytes('0010 00fe 00000000 0000'))).toBe(true);
  });

  it('demands every record of a set that was seen', () => {
    expect(message.includes(bytes('0001 0001 00000000 0004 c0000201'))).toBe(true);
    expect(message.includes(bytes('0001 0001 00000000 0004 c0000202'))).toBe(true);
  });

  it('writes a service by its numbers and its host', () => {
    expect(message.includes(bytes('0021 0001 00000005 0015 0001 0002 2384 0162'))).toBe(true);
  });

  it('deletes the whole set before it adds the new records', () => {
    const deletion = message.indexOf(bytes('0001 00ff 00000000 0000'));
    const addition = message.indexOf(bytes('0001 0001 00000005 0004 c0000203'));
    expect(deletion).toBeGreaterThan(0);
    expect(addition).toBeGreaterThan(deletion);
  });
});

describe(bytesOf, () => {
  const zone = 'example.org';
  const bare = encodeUpdate(7, { zone, remove: [], create: [], absent: [] }).length;

  it.each([
    ['A', ['192.0.2.1', '192.0.2.2']],
    ['AAAA', ['2001:db8::1']],
    ['CNAME', ['elsewhere.example.net']],
    ['SRV', ['1 2 9092 b.example.org']],
    ['TXT', ['heritage=signalbox,epoch=7']],
  ] as const)('is what a change of %s adds to an update', (type, values) => {
    for (const name of [`k.${zone}`, zone, 'k.example.net']) {
      const set = { name, type, values, ttlSeconds: 5 };
      const change = { remove: [set], create: [set], absent: [{ name, type }], alone: [name] };
      expect(bytesOf(change, zone)).toBe(encodeUpdate(7, { zone, ...change }).length - bare);
    }
  });
});
