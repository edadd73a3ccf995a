import { describe, expect, it } from '@jest/globals';
import { registryNames } from './registry-names.js';

const NAME = 'kafka.example.com';

describe(registryNames.name, () => {
  it('knows the forms without settings: by type, and the one name of earlier versions', () => {
    expect(registryNames(NAME, [])).toEqual([
      'kafka.example.com',
      'a-kafka.example.com',
      'aaaa-kafka.example.com',
      'cname-kafka.example.com',
      'srv-kafka.example.com',
    ]);
  });

  it.each([
    [{ prefix: 'extdns.' }, 'extdns.a-kafka.example.com'],
    [{ prefix: 'extdns-' }, 'extdns-kafka.example.com'],
    [{ suffix: '-owner' }, 'cname-kafka-owner.example.com'],
    [{ prefix: '%{record_type}-abc-.' }, 'cname-abc-.kafka.example.com'],
    [{ suffix: '-.%{record_type}' }, 'kafka-.a.example.com'],
  ])('with %j', (affix, expected) => {
    expect(registryNames(NAME, [affix])).toContain(expected);
  });

  it('names none twice', () => {
    const names = registryNames(NAME, [{}, { prefix: 'x.' }, { prefix: 'x.' }]);
    expect(new Set(names).size).toBe(names.length);
  });
});
