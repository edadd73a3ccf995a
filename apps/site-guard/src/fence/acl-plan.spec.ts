import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clusterId, epoch, groupId, type WriteAccess } from '#libs/domain';
import { InMemoryKafka, type AccessRule, type TopicOperation } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { ruleText } from './acl-ledger.js';
import { obstacles, planAccess, readAccess, type AclChange } from './acl-plan.js';
import type { AclScope } from './acl-survey.js';
import type { HeldAccess } from './held-access.js';

const MIRROR = 'User:mm2-ab';
const SELF = 'User:signalbox';
const PRINCIPALS = ['User:app', 'User:etl', MIRROR, SELF];
const TOPICS = ['orders', 'orders.eu', 'orders.us', 'other', 'signalbox.probe.shop'];
const OURS = ['orders', 'orders.eu', 'orders.us', 'signalbox.probe.shop'];

const scope = (openByDefault = false): AclScope => ({
  group: groupId('shop'),
  topics: ['orders', 'orders.*'],
  probeTopic: 'signalbox.probe.shop',
  inbound: [MIRROR],
  self: SELF,
  openByDefault,
});

const rule = (permission: 'allow' | 'deny', principal: string, topic: string, options: Partial<AccessRule> = {}) =>
  ({ permission, principal, operation: 'all', topic, match: 'literal', host: '*', ...options }) as const;

/** What an operator gave to whom; no denies, and no write for everybody, since nobody can fence with those. */
const grants = fc.array(
  fc.record({
    permission: fc.constant('allow' as const),
    principal: fc.constantFrom(...PRINCIPALS, 'User:*'),
    operation: fc.constantFrom<TopicOperation>('all', 'write', 'read'),
    topic: fc.constantFrom(...TOPICS, 'ord', 'orders.', '*'),
    match: fc.constantFrom('literal' as const, 'prefixed' as const),
    host: fc.constant('*'),
  }),
  { maxLength: 12 },
);
const harmless = grants.map((all) =>
  all
    .filter(({ principal, operation }) => principal !== 'User:*' || operation === 'read')
    .filter((each, index, list) => list.findIndex((other) => ruleText(other) === ruleText(each)) === index),
);
const moves = fc.array(fc.constantFrom<WriteAccess>('clients', 'inbound', 'none'), { minLength: 1, maxLength: 6 });

const plus = (present: readonly AccessRule[], { add }: AclChange): readonly AccessRule[] => [...present, ...add];
const minus = (present: readonly AccessRule[], { remove }: AclChange): readonly AccessRule[] => {
  const gone = new Set(remove.map(ruleText));
  return present.filter((each) => !gone.has(ruleText(each)));
};
const apply = (present: readonly AccessRule[], change: AclChange) => minus(plus(present, change), change);

/** `<principal> <topic>` of all who may do `operation`, as the broker's authorizer decides. */
function whoMay(operation: TopicOperation, present: readonly AccessRule[], openByDefault: boolean): readonly string[] {
  const kafka = new InMemoryKafka({ cluster: clusterId('b'), timeoutMs: 1, openByDefault }, new SystemClock());
  kafka.rules.push(...present);
  const may = (principal: string, topic: string): boolean => {
    try {
      kafka.demand(principal, operation, topic);
      return true;
    } catch {
      return false;
    }
  };
  return PRINCIPALS.flatMap((principal) =>
    TOPICS.filter((topic) => may(principal, topic)).map((topic) => `${principal} ${topic}`),
  );
}

const onOurs = (all: readonly string[]): readonly string[] =>
  all.filter((each) => OURS.includes(each.split(' ')[1] ?? ''));

describe('planAccess', () => {
  it('reads back what it planned, with its epoch, from any state of the cluster', () => {
    fc.assert(
      fc.property(harmless, moves, fc.boolean(), (foreign, accesses, open) => {
        fc.pre(!open || obstacles(scope(open), 'clients', foreign).length === 0);
        let present: readonly AccessRule[] = foreign;
        accesses.forEach((access, index) => {
          present = apply(present, planAccess(scope(open), access, epoch(index + 1), present));
          expect(readAccess(scope(open), present)).toMatchObject({ value: access, epoch: index + 1 });
        });
      }),
    );
  });

  it('lets nobody write under none, only the mirrors under inbound, and everybody but the mirrors under clients', () => {
    fc.assert(
      fc.property(harmless, moves, fc.boolean(), (foreign, accesses, open) => {
        fc.pre(!open || obstacles(scope(open), 'clients', foreign).length === 0);
        const before = onOurs(whoMay('write', foreign, open));
        let present: readonly AccessRule[] = foreign;
        for (const access of accesses) present = apply(present, planAccess(scope(open), access, epoch(1), present));
        const writers = onOurs(whoMay('write', present, open));
        const mirrors = (yes: boolean) => before.filter((each) => each.startsWith(MIRROR) === yes);
        expect(writers).toEqual(
          { none: [], inbound: mirrors(true), clients: mirrors(false) }[accesses.at(-1) ?? 'none'],
        );
      }),
    );
  });

  it('never lets anybody write between its two calls who could not before', () => {
    fc.assert(
      fc.property(harmless, moves, fc.boolean(), (foreign, accesses, open) => {
        fc.pre(!open || obstacles(scope(open), 'clients', foreign).length === 0);
        let present: readonly AccessRule[] = foreign;
        for (const access of accesses) {
          const change = planAccess(scope(open), access, epoch(1), present);
          const before = onOurs(whoMay('write', present, open));
          const between = onOurs(whoMay('write', plus(present, change), open));
          expect(access === 'none' ? between : []).toEqual([]);
          const gained = between.filter((each) => !before.includes(each));
          const after = onOurs(whoMay('write', apply(present, change), open));
          expect(gained.every((each) => after.includes(each))).toBe(true);
          present = apply(present, change);
        }
      }),
    );
  });

  it('leaves other rules, other topics and every reader as they were', () => {
    fc.assert(
      fc.property(harmless, moves, fc.boolean(), (foreign, accesses, open) => {
        fc.pre(!open || obstacles(scope(open), 'clients', foreign).length === 0);
        let present: readonly AccessRule[] = foreign;
        for (const access of accesses) present = apply(present, planAccess(scope(open), access, epoch(1), present));
        expect(present.slice(0, foreign.length)).toEqual(foreign);
        expect(whoMay('read', present, open)).toEqual(whoMay('read', foreign, open));
        const outside = (all: readonly string[]) => all.filter((each) => each.endsWith(' other'));
        expect(outside(whoMay('write', present, open))).toEqual(outside(whoMay('write', foreign, open)));
      }),
    );
  });

  it('only replaces the stamp when the value stays', () => {
    const present = apply([], planAccess(scope(), 'none', epoch(4), []));
    const change = planAccess(scope(), 'none', epoch(5), present);
    expect(change.add.map(ruleText)).toEqual([
      'deny describe on literal signalbox.epoch.shop to User:signalbox-epoch-5 from *',
    ]);
    expect(change.remove.map(ruleText)).toEqual([
      'deny describe on literal signalbox.epoch.shop to User:signalbox-epoch-4 from *',
    ]);
  });

  it('stamps an unset cluster without changing who may write', () => {
    const foreign = [rule('allow', 'User:app', 'orders')];
    const present = apply(foreign, planAccess(scope(), 'unset', epoch(2), foreign));
    expect(readAccess(scope(), present)).toMatchObject({ value: 'unset', epoch: 2 });
    expect(whoMay('write', present, false)).toEqual(['User:app orders']);
  });

  it("leaves somebody else's deny in place, and does not call that open", () => {
    const foreign = [rule('deny', 'User:*', 'orders', { operation: 'write' })];
    const fenced = apply(foreign, planAccess(scope(), 'none', epoch(1), foreign));
    const lifted = apply(fenced, planAccess(scope(), 'clients', epoch(2), fenced));
    expect(lifted.map(ruleText)).toContain(ruleText(foreign[0]!));
    expect(readAccess(scope(), lifted).value).toBe('unset');
    expect(obstacles(scope(), 'clients', lifted)).toEqual(['deny write on literal orders to User:* from *']);
  });
});

describe('obstacles', () => {
  it('names rules on some topics of a prefix where all others are open by default', () => {
    const foreign = [rule('allow', 'User:app', 'orders.eu'), rule('allow', 'User:app', 'orders')];
    expect(obstacles(scope(true), 'clients', foreign)).toEqual(['allow all on literal orders.eu to User:app from *']);
    expect(obstacles(scope(false), 'clients', foreign)).toEqual([]);
  });
});

describe('readAccess', () => {
  const valueOf = (present: readonly AccessRule[]): HeldAccess => readAccess(scope(), present).value;
  const standing = apply([], planAccess(scope(), 'inbound', epoch(3), []));

  it('calls a cluster nobody has fenced yet unset', () => {
    expect(readAccess(scope(), [rule('allow', 'User:app', 'orders')])).toMatchObject({ value: 'unset', epoch: 0 });
  });

  it('notices a writer that was allowed after the standing fence', () => {
    expect(valueOf(standing)).toBe('inbound');
    expect(valueOf([...standing, rule('allow', 'User:new', 'orders.', { match: 'prefixed' })])).toBe('unset');
  });

  it('does not call it a standing fence when everybody is allowed to write', () => {
    const present = [...standing, rule('allow', 'User:*', 'orders')];
    expect(valueOf(present)).toBe('unset');
    expect(obstacles(scope(), 'inbound', present)).toEqual(['allow all on literal orders to User:* from *']);
  });

  it('calls it fenced as soon as nobody can write, before older rules are gone', () => {
    expect(valueOf(plus(standing, planAccess(scope(), 'none', epoch(4), standing)))).toBe('none');
  });

  it('takes the highest of two epochs', () => {
    const present = plus(standing, planAccess(scope(), 'inbound', epoch(12), standing));
    expect(readAccess(scope(), present).epoch).toBe(12);
  });
});
