import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { groupId } from '#libs/domain';
import type { ApiToken } from '#libs/topology';
import { bearerIn, holderOf, may, rolesOf, type Caller } from './access.js';

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const tokens: ApiToken[] = [
  { name: 'alice', role: 'operator', sha256: sha256('alice-token') },
  { name: 'bob', role: 'approver', groups: [groupId('orders')], sha256: sha256('bob-token') },
];

const callerOf = (authorization: string | undefined) => {
  const bearer = bearerIn(authorization);
  return bearer === undefined ? undefined : holderOf(bearer, tokens);
};

describe('holderOf', () => {
  it('knows the holder of a token by its hash, and where the role counts', () => {
    expect(callerOf('Bearer alice-token')).toEqual({ name: 'alice', grants: [{ role: 'operator' }] });
    expect(callerOf('bearer bob-token')).toEqual({ name: 'bob', grants: [{ role: 'approver', groups: ['orders'] }] });
  });

  it.each([
    undefined,
    '',
    'bob-token',
    'Basic bob-token',
    'Bearer ',
    'Bearer other',
    'Bearer bob-token bob-token',
    `Bearer ${sha256('bob-token')}`,
  ])('knows nobody by %s', (authorization) => {
    expect(callerOf(authorization)).toBeUndefined();
  });
});

describe('may', () => {
  const holding = (...grants: Caller['grants']): Caller => ({ name: 'somebody', grants });

  it('keeps who operates and who approves apart', () => {
    expect(may(holding({ role: 'operator' }), 'operate')).toBe(true);
    expect(may(holding({ role: 'operator' }), 'approve')).toBe(false);
    expect(may(holding({ role: 'approver' }), 'approve')).toBe(true);
    expect(may(holding({ role: 'approver' }), 'operate')).toBe(false);
    expect(may(holding({ role: 'viewer' }), 'operate')).toBe(false);
  });

  it('lets a role of some groups change those, and read all', () => {
    const caller = holding({ role: 'approver', groups: ['orders'] }, { role: 'operator', groups: ['payments'] });
    const allowed = (['read', 'approve', 'operate', 'administer'] as const).map((permission) =>
      ['orders', 'payments', 'stock'].filter((group) => may(caller, permission, group)),
    );
    expect(allowed).toEqual([['orders', 'payments', 'stock'], ['orders'], ['payments'], []]);
    expect(may(caller, 'approve')).toBe(true);
    expect(may(caller, 'administer')).toBe(false);
    expect(rolesOf(caller)).toBe('approver in orders, operator in payments');
  });

  it('gives a relay nothing but to relay, and that to nobody else', () => {
    const permissions = ['read', 'operate', 'approve', 'administer', 'relay'] as const;
    expect(permissions.filter((permission) => may(holding({ role: 'relay' }), permission))).toEqual(['relay']);
    expect(may(holding({ role: 'admin' }), 'relay')).toBe(false);
    expect(may(holding(), 'read')).toBe(false);
  });
});
