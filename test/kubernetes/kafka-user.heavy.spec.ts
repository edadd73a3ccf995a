import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import type { HeldAccess } from '../../apps/site-guard/src/fence/held-access.js';
import type { KafkaUserWriteAccess } from '../../apps/site-guard/src/kafka-user/kafka-user.write-access.js';
import { until } from '../lab/condition.js';
import { missingForHelm, missingForKubernetes } from '../lab/kubernetes/preflight.js';
import { missingForStrimzi } from '../lab/kubernetes/strimzi-definitions.js';
import { missingForLab } from '../lab/preflight.js';
import type { Loose } from '../support/broken-topology.js';
import { fencedResourceConformance } from '../support/fenced-resource.conformance.js';
import { UserGround, WRITERS } from './user-ground.js';

const DENIED = 'TOPIC_AUTHORIZATION_FAILED';
const SOON_MS = 60_000;
const soon = () => AbortSignal.timeout(SOON_MS);
const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

const missing = [...missingForKubernetes(), ...missingForHelm(), ...missingForStrimzi(), ...missingForLab(['kafka'])];
if (missing.length > 0) say(`skipped, KafkaUsers: missing ${missing.join(', ')}`);

/** Everything is real but the User Operator. Each test begins where the one before ended; what it needs, it sets. */
(missing.length === 0 ? describe : describe.skip)('write access by KafkaUsers on real parts', () => {
  let ground: UserGround;
  let access: KafkaUserWriteAccess;

  beforeAll(async () => {
    ground = await UserGround.up();
    access = ground.access();
  });
  afterEach(() => ground?.startOperatorIfAway());
  afterAll(() => ground?.down());

  const epochNow = async () => (await access.read(soon())).epoch;
  const order = async (value: HeldAccess, stamp: number, signal = soon()) =>
    access.write(await access.read(soon()), value, epoch(stamp), signal);
  const set = async (value: HeldAccess) => expect(await order(value, (await epochNow()) + 1)).toBe('written');
  const answers = async () => [
    await ground.produce('app'),
    await ground.produce('app', 'orders.eu'),
    await ground.produce('mm2-ba'),
  ];
  const aclsOf = async (name: string): Promise<Loose[]> => (await ground.user(name)).spec.authorization.acls;
  const denialsOf = async (name: string) => (await aclsOf(name)).filter(({ type }) => type === 'deny');
  /** On the broker, as a super user sees them. */
  const rules = async (): Promise<readonly AccessRule[]> => {
    const all = await ground.as('admin').rules.list();
    return all.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
  };

  it.each([
    ['none', [DENIED, DENIED, DENIED]],
    ['inbound', [DENIED, DENIED, 'appended']],
    ['clients', ['appended', 'appended', DENIED]],
  ] as const)('lets %s write and nobody else, as clients of the broker are told', async (value, expected) => {
    await set(value);
    const verification = await access.verify(value, soon());
    expect(verification).toMatchObject({ holds: true, observed: { acls: value, epoch: await epochNow() } });
    expect(await answers()).toEqual(expected);
  });

  it('shows the fence as ACLs of the broker, and keeps nobody from reading', async () => {
    await set('none');
    const denials = (await rules()).filter(({ permission }) => permission === 'deny');
    expect(denials).toHaveLength(5);
    for (const principal of WRITERS.map((name) => `User:${name}`))
      for (const [topic, match] of [
        ['orders', 'literal'],
        ['orders.', 'prefixed'],
      ] as const)
        expect(denials).toContainEqual({ permission: 'deny', principal, operation: 'write', topic, match, host: '*' });
    expect(denials).toContainEqual(
      expect.objectContaining({ principal: 'User:signalbox', topic: 'signalbox.probe.orders' }),
    );
    expect(await ground.as('app').log.read('orders', 0, 0n, { waitMs: 0 })).not.toHaveLength(0);
  });

  it('gives back exactly what the owners had written, and what the broker had', async () => {
    await set('clients');
    const before = { acls: await aclsOf('app'), rules: await rules() };
    expect(before.acls).toContainEqual({ resource: { type: 'topic', name: 'prices' }, operation: 'Read' });
    expect(before.acls.filter(({ type }) => type === 'deny')).toEqual([]);
    await set('none');
    expect(await denialsOf('app')).toHaveLength(2);
    await set('clients');
    expect({ acls: await aclsOf('app'), rules: await rules() }).toEqual(before);
    expect((await ground.user('app')).metadata.annotations).not.toHaveProperty('signalbox.io/denied-writes');
  });

  it('keeps what an owner changes while it is in force', async () => {
    await set('none');
    const added = {
      type: 'allow',
      resource: { type: 'topic', name: 'invoices', patternType: 'literal' },
      operations: ['Describe'],
      host: '*',
    };
    const acls = [added, ...(await aclsOf('app'))];
    const changed = await ground.patch('app', {
      spec: { quotas: { producerByteRate: 1_048_576 }, authorization: { acls } },
    });
    expect(changed.status).toBe(200);
    await until('the broker has the rule', SOON_MS, async () =>
      expect(await rules()).toContainEqual(expect.objectContaining({ topic: 'invoices', operation: 'describe' })),
    );
    expect((await access.read(soon())).value).toBe('none');
    await set('clients');
    expect((await ground.user('app')).spec).toMatchObject({
      quotas: { producerByteRate: 1_048_576 },
      authorization: { acls: acls.filter(({ type }) => type !== 'deny') },
    });
    expect(await answers()).toEqual(['appended', 'appended', DENIED]);
  });

  it('is refused under an epoch that is over, by the guard and by the API server', async () => {
    await set('none');
    const [before, held] = [await ground.user('app'), await epochNow()];
    expect(await order('clients', held - 1)).toBe('refused');
    const { acls } = before.spec.authorization;
    const stale = {
      metadata: { annotations: { 'signalbox.io/epoch': String(held - 1), 'signalbox.io/denied-writes': null } },
      spec: { authorization: { acls: acls.filter(({ type }: Loose) => type !== 'deny') } },
    };
    const refusals = [
      await ground.patch('app', stale),
      await ground.patch('app', { metadata: { annotations: { 'signalbox.io/epoch': null } } }),
      await ground.patch('app', { metadata: { labels: { 'signalbox.io/group': null } } }),
      await ground.remove('app'),
    ];
    for (const { status, text } of refusals) say(`${status} ${JSON.parse(text).message}`);
    expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const { metadata, spec } = await ground.user('app');
    const { annotations, labels } = before.metadata;
    expect({ metadata, spec }).toMatchObject({ metadata: { annotations, labels }, spec: before.spec });
    expect(await answers()).toEqual([DENIED, DENIED, DENIED]);
  });

  it.each([
    ['away', () => ground.stopOperator(), () => ground.startOperator()],
    ['told to pause', () => ground.pause(true), () => ground.pause(false)],
  ])('is never called held while the operator is %s, and says whom it waits for', async (_, leave, comeBack) => {
    await set('clients');
    await leave();
    const stamp = (await epochNow()) + 1;
    const late = new AbortController();
    const outcome = order('none', stamp, late.signal);
    await until('the users are told', SOON_MS, async () => {
      for (const name of WRITERS) expect(await denialsOf(name)).toHaveLength(2);
    });
    late.abort();
    expect(await outcome).toBe('unknown');
    expect(await access.read(soon())).toMatchObject({ value: 'unset', epoch: stamp });
    expect(await access.verify('none', AbortSignal.timeout(2_000))).toMatchObject({
      holds: false,
      observed: { acls: 'unset', notReconciled: expect.arrayContaining(['KafkaUser kafka/app']) },
    });
    expect(await ground.produce('app')).toBe('appended');
    await comeBack();
    await until('it is held', SOON_MS, async () =>
      expect(await access.read(soon())).toMatchObject({ value: 'none', epoch: stamp }),
    );
    expect(await answers()).toEqual([DENIED, DENIED, DENIED]);
  });

  it.each(['v1', 'v1beta2'] as const)("is a KafkaUser by Strimzi's own schema as %s", async (version) => {
    await set('none');
    for (const name of [...WRITERS, 'signalbox']) {
      const object = await ground.user(name, version);
      const valid = await ground.validate(name, object, version);
      expect({ name, status: valid.status, text: valid.status === 200 ? '' : valid.text }).toEqual({
        name,
        status: 200,
        text: '',
      });
      // Of which it complains: that it was looked at.
      const [denial] = object.spec.authorization.acls.filter(({ type }: Loose) => type === 'deny');
      denial.operations = ['Writes'];
      const wrong = await ground.validate(name, object, version);
      expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('Unsupported value: \\"Writes\\"')]);
    }
  });

  fencedResourceConformance<HeldAccess>('write access by KafkaUsers, on real parts', async () => {
    if ((await access.read(soon())).value !== 'none') await set('none');
    return { resource: access, values: ['none', 'clients'], epochBefore: await epochNow(), end: async () => undefined };
  });

  it('goes on where the older version is served no more', async () => {
    await set('none');
    await ground.serveOnlyV1();
    expect((await access.read(soon())).value).toBe('none');
    await set('clients');
    expect(await answers()).toEqual(['appended', 'appended', DENIED]);
    await set('none');
    expect(await answers()).toEqual([DENIED, DENIED, DENIED]);
    const { apiVersion, spec } = await ground.user('app', 'v1');
    expect([apiVersion, spec.authorization.acls.filter(({ type }: Loose) => type === 'deny').length]).toEqual([
      'kafka.strimzi.io/v1',
      2,
    ]);
  });
});
