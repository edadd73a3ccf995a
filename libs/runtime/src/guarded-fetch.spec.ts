import { describe, expect, it } from '@jest/globals';
import { guardedFetch, guardedLookup, isLinkLocal, LinkLocalError } from './guarded-fetch.js';

describe(guardedFetch.name, () => {
  it.each(['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://[fd00:ec2::254]/'])(
    'asks nobody at %s',
    (url) => expect(guardedFetch(url, {})).rejects.toThrow(LinkLocalError),
  );

  it.each([
    ['169.254.0.1', true],
    ['10.0.0.1', false],
    ['127.0.0.1', false],
    ['::1', false],
  ])('%s is such an address: %s', (address, expected) => expect(isLinkLocal(address)).toBe(expected));

  it('looks at the address when the connection is made', async () => {
    const found = await new Promise((resolve) => guardedLookup('169.254.169.254', {}, resolve));
    expect(found).toBeInstanceOf(LinkLocalError);
  });
});
