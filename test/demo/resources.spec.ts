import { describe, expect, it } from '@jest/globals';
import { differences } from './resources.js';

const before = JSON.stringify({ dns: ['x'], sites: { a: { acls: ['1'] }, b: { acls: ['2'] } } });
const changed = (change: object) => JSON.stringify({ ...(JSON.parse(before) as object), ...change });

describe('resources', () => {
  it('do not differ when nothing changed, nor where a part is gone', () => {
    expect(differences(before, before)).toEqual([]);
    expect(differences(before, changed({ dns: 'unreachable' }))).toEqual([]);
  });

  it('differ by a value, by one that is new, and by one that is missing', () => {
    expect(differences(before, changed({ dns: ['y'] }))).toEqual(['dns.0: was "x", is "y"']);
    expect(differences(before, changed({ dns: ['x', 'y'] }))).toEqual(['dns.1: was undefined, is "y"']);
    expect(differences(before, changed({ sites: { a: { acls: ['1'] } } }))).toEqual([
      'sites.b: was {"acls":["2"]}, is undefined',
    ]);
  });
});
