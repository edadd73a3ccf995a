import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dataOf, renderedData } from './key-rendering.js';

/** What means something where properties are written. */
const MEANT = ['\\', ' ', '=', ':', '#', '!', '\t', '\n', '\r', '\u00e4'];
const DATA = { 'security.protocol': 'SSL', 'bootstrap.servers': 'kafka.b.example:9092' };

describe('the text of a key', () => {
  it('says the settings as its readers take them', () => {
    expect(renderedData({ as: 'value', setting: 'bootstrap.servers' }, DATA)).toBe('kafka.b.example:9092');
    expect(renderedData({ as: 'properties' }, DATA)).toBe(
      'bootstrap.servers=kafka.b.example:9092\nsecurity.protocol=SSL\n',
    );
    expect(JSON.parse(renderedData({ as: 'json' }, DATA))).toEqual(DATA);
  });

  it('is the same whatever the order of the settings', () => {
    const other = Object.fromEntries(Object.entries(DATA).toReversed());
    for (const as of ['properties', 'json'] as const)
      expect(renderedData({ as }, other)).toBe(renderedData({ as }, DATA));
  });

  it('reads properties that a person wrote', () => {
    const text =
      '# clients\n! of orders\n\nbootstrap.servers : one:9092,\\\n    two:9092\n  acks all\nkey\\ 1=\\u0041\\\\\n';
    expect(dataOf({ as: 'properties' }, text)).toEqual({
      'bootstrap.servers': 'one:9092,two:9092',
      acks: 'all',
      'key 1': 'A\\',
    });
  });

  it('tells a text that is none of its kind', () => {
    for (const text of ['', 'bootstrap.servers=x', '[]', '{"a":1}', 'null'])
      expect(dataOf({ as: 'json' }, text)).toBeUndefined();
  });

  it('reads back whatever it rendered', () => {
    const setting = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'b', '.', ...MEANT) });
    fc.assert(
      fc.property(fc.dictionary(setting, fc.string({ unit: fc.constantFrom('x', '\f', ...MEANT) })), (data) => {
        for (const as of ['properties', 'json'] as const)
          expect(dataOf({ as }, renderedData({ as }, data))).toEqual({ ...data });
      }),
    );
  });
});
