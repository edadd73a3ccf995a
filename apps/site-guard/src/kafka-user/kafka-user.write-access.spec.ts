import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch } from '#libs/domain';
import { until } from '../../../../test/lab/condition.js';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { OWN, USERS, UserBench, usersOfCluster } from '../../../../test/support/kubernetes/user-bench.js';
import type { HeldAccess } from '../fence/held-access.js';
import type { KafkaUserWriteAccess } from './kafka-user.write-access.js';

const signal = new AbortController().signal;
const SOON_MS = 30_000;

fencedResourceConformance<HeldAccess>('write access by KafkaUser, in memory', async () => {
  const bench = await UserBench.start();
  const resource = bench.access();
  await resource.write(await resource.read(signal), 'none', epoch(0), signal);
  return { resource, values: ['none', 'clients'], end: () => bench.end() };
});

describe('write access by KafkaUser', () => {
  let bench: UserBench;
  let access: KafkaUserWriteAccess;
  beforeEach(async () => {
    bench = await UserBench.start();
    access = bench.access();
  });
  afterEach(() => bench.end());

  const set = async (value: HeldAccess, stamp: number, of = access) =>
    of.write(await of.read(signal), value, epoch(stamp), signal);
  const held = async () => (await access.read(signal)).value;
  const writers = async () =>
    Object.fromEntries(await Promise.all(USERS.map(async (user) => [user, await bench.canWrite(user)])));
  const denialsOf = (name: string) => aclsOf(name).filter(({ type }: { type?: string }) => type === 'deny');
  /** Ordered, and given up once the resource has that many denials: nobody brings them about. */
  const orderInVain = async (value: HeldAccess, stamp: number, user: string, denials: number) => {
    const late = new AbortController();
    const outcome = access.write(await access.read(signal), value, epoch(stamp), late.signal);
    await until(`${user} is denied`, SOON_MS, async () => expect(denialsOf(user)).toHaveLength(denials));
    late.abort();
    expect(await outcome).toBe('unknown');
  };
  const aclsOf = (name: string) => bench.user(name).spec.authorization.acls;

  it('reads users that nobody has fenced as unset', async () => {
    expect(await access.read(signal)).toMatchObject({ value: 'unset', epoch: 0 });
  });

  it.each([
    ['none', { 'orders-app': false, 'mm2-ba': false }],
    ['inbound', { 'orders-app': false, 'mm2-ba': true }],
    ['clients', { 'orders-app': true, 'mm2-ba': false }],
  ] as const)('lets %s write and nobody else', async (value, expected) => {
    expect(await set(value, 1)).toBe('written');
    expect(await writers()).toEqual(expected);
    expect(await access.verify(value, signal)).toMatchObject({ holds: true, observed: { acls: value, epoch: 1 } });
  });

  it('leaves readers, and rules on other topics, as they are', async () => {
    await set('none', 1);
    const { rules } = bench.kafka;
    const added = rules.filter(({ permission }) => permission === 'deny');
    expect(added.every(({ operation }) => operation === 'write')).toBe(true);
    expect(bench.kafka.rules.filter(({ permission }) => permission === 'allow')).toHaveLength(7);
  });

  it('gives back exactly the rules that were there', async () => {
    for (const [stamp, value] of (['none', 'inbound', 'clients'] as const).entries()) await set(value, stamp + 1);
    const [app] = usersOfCluster();
    expect(aclsOf('orders-app')).toEqual(app.spec.authorization.acls);
    expect(bench.user('orders-app').metadata.annotations['signalbox.io/denied-writes']).toBeUndefined();
    const { acls } = bench.user(OWN).spec.authorization;
    expect(acls).toEqual(usersOfCluster()[2].spec.authorization.acls);
  });

  it('keeps a denial of somebody else, which is not its own to lift', async () => {
    const theirs = { type: 'deny', resource: { type: 'topic', name: 'orders' }, operations: ['Write'] };
    bench.change('orders-app', (user) => user.spec.authorization.acls.push(theirs));
    await bench.operator.full();
    await set('none', 1);
    await set('clients', 2);
    expect(aclsOf('orders-app')).toContainEqual(theirs);
    expect(await bench.canWrite('orders-app')).toBe(false);
    expect(await bench.canWrite('orders-app', 'orders.eu')).toBe(true);
  });

  it('takes no order of a resource for a fence while the operator is away', async () => {
    await bench.stopOperator();
    await orderInVain('none', 1, 'orders-app', 2);
    expect(await access.read(signal)).toMatchObject({ value: 'unset', epoch: 1 });
    expect(await access.verify('none', signal)).toMatchObject({
      holds: false,
      observed: { acls: 'unset', notReconciled: expect.arrayContaining(['KafkaUser kafka/orders-app']) },
    });
    await bench.startOperator();
    expect(await set('none', 1)).toBe('written');
    expect(await held()).toBe('none');
  });

  it('lifts nothing before the cluster shows what is denied instead', async () => {
    await set('inbound', 1);
    await bench.stopOperator();
    await orderInVain('clients', 2, 'mm2-ba', 2);
    expect(denialsOf('orders-app')).toHaveLength(2);
  });

  it('lifts nothing when it is not known whether somebody else is denied instead', async () => {
    await set('inbound', 1);
    bench.server.trouble = 'error-after';
    expect(await set('clients', 2)).toBe('unknown');
    expect(denialsOf('orders-app')).toHaveLength(2);
  });

  it('takes nothing for kept when its users say different epochs', async () => {
    await set('none', 1);
    bench.change('mm2-ba', (user) => (user.metadata.annotations['signalbox.io/epoch'] = '2'));
    expect(await access.read(signal)).toMatchObject({ value: 'unset', epoch: 2, isPartial: true });
    expect(await set('none', 2)).toBe('written');
    expect(await access.read(signal)).toMatchObject({ value: 'none', epoch: 2 });
  });

  it('stays in force when the operator looks at everything, and what others made around it does not', async () => {
    await set('none', 1);
    bench.add({
      permission: 'deny',
      principal: 'User:*',
      operation: 'write',
      topic: 'orders',
      match: 'literal',
      host: '*',
    });
    await bench.operator.full();
    expect(bench.kafka.rules.some(({ principal }) => principal === 'User:*')).toBe(false);
    expect(await held()).toBe('none');
  });

  it('sees a rule that its owner took out again, and puts it back', async () => {
    await set('none', 1);
    bench.change('orders-app', (user) => (user.spec.authorization.acls = usersOfCluster()[0].spec.authorization.acls));
    await bench.operator.full();
    expect(await held()).toBe('unset');
    expect(await set('none', 1)).toBe('written');
    expect(await writers()).toEqual({ 'orders-app': false, 'mm2-ba': false });
  });

  it('names a writer whom no KafkaUser names, fences the others and promises nothing', async () => {
    const operation = 'write' as const;
    bench.add({ permission: 'allow', principal: 'User:CN=etl', operation, topic: 'ord', match: 'prefixed', host: '*' });
    await expect(set('inbound', 1)).rejects.toMatchObject({ code: 'SB_ACCESS_OBSTACLE' });
    expect(await writers()).toEqual({ 'orders-app': true, 'mm2-ba': true });
    await expect(set('none', 1)).rejects.toThrow(/User:CN=etl, who is none of them, may write/);
    await until('the operator has seen to the others', SOON_MS, async () =>
      expect(await writers()).toEqual({ 'orders-app': false, 'mm2-ba': false }),
    );
    expect(await held()).toBe('unset');
  });

  it('is refused by a higher epoch, and by a group that has the user already', async () => {
    await set('none', 7);
    expect(await set('clients', 6)).toBe('refused');
    bench.change('orders-app', (user) => (user.metadata.labels['signalbox.io/group'] = 'billing'));
    await expect(set('clients', 8)).rejects.toMatchObject({ code: 'SB_KAFKA_USER_CLAIMED' });
  });

  it('refuses a user whose rules are not in it, and a user of its own that is another', async () => {
    bench.change('orders-app', (user) => delete user.spec.authorization);
    await expect(held()).rejects.toMatchObject({ code: 'SB_KAFKA_USER_UNPREPARED' });
    await expect(bench.access({ self: 'User:admin' }, []).read(signal)).rejects.toThrow(
      /Signalbox logs in as User:admin/,
    );
  });

  it('shares its own user with the probes of other groups', async () => {
    const canary = bench.access({ topics: [], probeTopic: 'signalbox.guard-canary', inbound: [] }, []);
    await Promise.all([set('none', 1), set('none', 0, canary)]);
    expect(await Promise.all([held(), canary.read(signal)])).toMatchObject(['none', { value: 'none', epoch: 0 }]);
    expect(await set('clients', 0, canary)).toBe('written');
    expect([await held(), (await canary.read(signal)).value]).toEqual(['none', 'clients']);
  });

  it('looks what became of a write whose answer was lost', async () => {
    bench.server.trouble = 'answer-lost';
    const outcome = await set('none', 1);
    expect(['written', 'unknown']).toContain(outcome);
    expect(await set('none', 1)).toBe('written');
  });
});
