import { describe, expect, it } from '@jest/globals';
import type { GroupStatus, NameStatus } from '#libs/contracts';
import { epoch, groupId, instant, processId, siteId } from '#libs/domain';
import { nameTable } from './names.js';

const DONE: NameStatus = {
  name: 'kafka.example.com',
  site: siteId('b'),
  by: processId('dns-switcher@b'),
  at: instant(0),
  state: 'done',
  waitsFor: [],
  servers: [],
  resolvers: [],
  owners: [],
};

const groupWith = (name: Partial<NameStatus>): readonly GroupStatus[] => [
  {
    group: groupId('orders'),
    mode: 'automatic',
    fenceMode: 'strict',
    phase: 'steady',
    active: siteId('b'),
    epoch: epoch(2),
    quarantined: [],
    returning: {},
    names: [{ ...DONE, ...name }],
  },
];
const shown = (name: Partial<NameStatus>, verbose = false) => nameTable(groupWith(name), instant(10_000), verbose);

describe('the names in the status', () => {
  it('are left out while all is done, and shown when wanted', () => {
    expect(shown({})).toBe('');
    expect(shown({}, true)).toMatch(/kafka\.example\.com +b +done/);
    expect(nameTable([{ ...groupWith({})[0]!, names: undefined } as unknown as GroupStatus], instant(0), true)).toBe(
      '',
    );
  });

  it('are propagating until a moment, or while that cannot be said', () => {
    const waitsFor = ['ns1.a.example:53 has not been seen with the new answer'];
    expect(shown({ state: 'propagating', waitsFor })).toMatch(
      /propagating +cannot be said yet +ns1\.a\.example:53 has/,
    );
    expect(shown({ state: 'propagating', until: instant(14_000) })).toContain('1970-01-01T00:00:14.000Z (4.0 s left)');
    expect(shown({ state: 'propagating', until: instant(9_000) })).toContain('(over)');
  });

  it('name what somebody else did, and who', () => {
    const drift = { expected: 'A 10.0.0.2', found: 'A 192.0.2.66', since: instant(1), hints: ['serial 7'] };
    expect(shown({ drift })).toContain('CHANGED BY SOMEBODY ELSE');
    expect(shown({ drift })).toContain('holds A 192.0.2.66 instead of A 10.0.0.2; serial 7');
    const owners = [{ name: 'external-dns/x', at: 'a-kafka.example.com', isAdopted: false }];
    expect(shown({ owners })).toContain('external-dns/x says it is theirs, at a-kafka.example.com');
    const resolvers = [{ address: '10.0.0.53:53', gives: 'old' as const, ignoresTtl: true }];
    expect(shown({ resolvers })).toContain('resolver 10.0.0.53:53 ignores TTLs');
  });
});
