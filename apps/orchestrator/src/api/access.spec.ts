import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ApiToken } from '#libs/topology';
import { callerOf, may } from './access.js';

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const tokens: ApiToken[] = [
  { name: 'alice', role: 'operator', sha256: sha256('alice-token') },
  { name: 'bob', role: 'approver', sha256: sha256('bob-token') },
];

describe('callerOf', () => {
  it('knows the holder of a token by its hash', () => {
    expect(callerOf('Bearer bob-token', tokens)).toEqual({ name: 'bob', role: 'approver' });
  });

  it.each([undefined, '', 'bob-token', 'Basic bob-token', 'Bearer ', 'Bearer other', `Bearer ${sha256('bob-token')}`])(
    'knows nobody by %s',
    (authorization) => {
      expect(callerOf(authorization, tokens)).toBeUndefined();
    },
  );
});

describe('may', () => {
  it('keeps who operates and who approves apart', () => {
    expect(may({ name: 'alice', role: 'operator' }, 'operate')).toBe(true);
    expect(may({ name: 'alice', role: 'operator' }, 'approve')).toBe(false);
    expect(may({ name: 'bob', role: 'approver' }, 'approve')).toBe(true);
    expect(may({ name: 'bob', role: 'approver' }, 'operate')).toBe(false);
    expect(may({ name: 'eve', role: 'viewer' }, 'operate')).toBe(false);
  });
});
