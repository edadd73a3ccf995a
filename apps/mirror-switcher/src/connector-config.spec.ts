import { describe, expect, it } from '@jest/globals';
import { missingTimeouts } from './connector-config.js';

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
