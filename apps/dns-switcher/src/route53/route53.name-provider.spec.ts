import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, type NameTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { FAKE_KEY, FAKE_ZONE_ID, FakeRoute53 } from '../../../../test/support/route53/fake-route53.js';
import type { WireSet } from '../../../../test/support/route53/wire-set.js';
import { nameProviderConformance } from '../name-provider.conformance.js';
import type { RecordSet } from '../record-set.js';
import { setsOf, targetOf } from '../target-sets.js';
import { RequestBudget } from './request-budget.js';
import { route53Client } from './route53-client.js';
import { batchOf, Route53NameProvider } from './route53.name-provider.js';
import { wireSetOf } from './wire-sets.js';

const ZONE = 'lab.example';
const NAME = `kafka.${ZONE}`;
const A: NameTarget = { addresses: ['192.0.2.10'], ttlSeconds: 5 };
const B: NameTarget = { addresses: ['192.0.2.20', '2001:db8::20'], ttlSeconds: 5 };
const OWNER = { installation: 'test', group: 'orders' };
const FAST = 100_000;
const clock = new SystemClock();
const soon = (ms = 20_000) => AbortSignal.timeout(ms);

describe('a hosted zone of Route 53', () => {
  let fake: FakeRoute53;
  const clients: ReturnType<typeof route53Client>[] = [];

  beforeAll(async () => {
    fake = await FakeRoute53.start({ zone: ZONE, settings: { requestsPerSecond: FAST } });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    Object.assign(fake.api.settings, { propagationMs: 0, changeTakesMs: 0, requestsPerSecond: FAST });
  });
  afterAll(() => fake.end());

  const providerOf = (
    options: { credentials?: typeof FAKE_KEY; zoneId?: string; set?: string; endpoint?: string } = {},
  ) => {
    const { credentials = FAKE_KEY, zoneId = FAKE_ZONE_ID, set, endpoint = fake.endpoint } = options;
    const client = route53Client({ endpoint, region: 'us-east-1', credentials });
    clients.push(client);
    return new Route53NameProvider(client, new RequestBudget(FAST, clock, new SystemRandom()), {
      hostedZoneId: zoneId,
      setIdentifiers: new Map(set === undefined ? [] : [[NAME, set]]),
      authorities: async () => [],
    });
  };
  const write = async (provider: Route53NameProvider, target: NameTarget, at: number, shape = {}) => {
    const [seen] = await provider.read([NAME], soon());
    const sets = setsOf(NAME, target, shape, seen!.sets);
    return provider.apply({ names: [{ seen: seen!, sets, stamp: { epoch: epoch(at), owner: OWNER } }] }, soon());
  };
  const shown = async (provider: Route53NameProvider, shape = {}) => {
    const [seen] = await provider.read([NAME], soon());
    return { target: targetOf(NAME, seen!.sets, shape), epoch: seen!.stamp.epoch };
  };
  const wire = (set: Partial<WireSet>): WireSet => ({
    name: `${NAME}.`,
    type: 'A',
    ttl: 5,
    values: ['192.0.2.1'],
    ...set,
  });
  const empty = () => {
    const all = fake.zone.sets().filter(({ type }) => !['NS', 'SOA'].includes(type));
    if (all.length > 0) fake.edit(...all.map((set) => ({ action: 'DELETE' as const, set })));
  };
  beforeEach(empty);

  nameProviderConformance('Route 53', async () => ({
    provider: providerOf(),
    names: [`one.${ZONE}`, `two.${ZONE}`],
    edit: async (name, sets) => {
      fake.edit(
        ...fake.sets(name).map((set) => ({ action: 'DELETE' as const, set })),
        ...sets.map((set) => ({ action: 'CREATE' as const, set: asWire(set) })),
      );
    },
  }));

  it('never upserts', () => {
    const seen = { name: NAME, sets: setsOf(NAME, A, {}, []), stamp: { epoch: epoch(0) } };
    const batch = batchOf({
      names: [{ seen, sets: setsOf(NAME, B, {}, []), stamp: { epoch: epoch(1), owner: OWNER } }],
    });
    expect(batch.map(({ Action, ResourceRecordSet: set }) => [Action, set?.Type])).toEqual([
      ['DELETE', 'A'],
      ['CREATE', 'A'],
      ['CREATE', 'AAAA'],
      ['CREATE', 'TXT'],
    ]);
  });

  it('reads a name, its stamp and its neighbours in one request', async () => {
    const provider = providerOf();
    await write(provider, A, 1);
    const before = fake.api.requests.list;
    await provider.read([NAME, `other.${ZONE}`, `third.${ZONE}`], soon());
    expect(fake.api.requests.list - before).toBe(1);
  });

  it('finds a name behind more records than a page holds', async () => {
    const many = Array.from({ length: 450 }, (_, n) => wire({ name: `_a${String(n).padStart(3, '0')}.${NAME}.` }));
    const weighted = Array.from({ length: 100 }, (_, n) => wire({ setIdentifier: `s${n}`, weight: n }));
    fake.edit(...[...many, ...weighted].map((set) => ({ action: 'CREATE' as const, set })));
    const provider = providerOf();
    const [seen] = await provider.read([NAME], soon());
    expect(seen!.sets).toHaveLength(100);
    expect(seen!.stamp.epoch).toBe(0);
  });

  describe('where it has one of several sets', () => {
    const EU = { routing: { setIdentifier: 'eu', by: { failover: 'primary' as const } } };
    const us = wire({ setIdentifier: 'us', failover: 'SECONDARY', values: ['203.0.113.1'], healthCheckId: 'us-check' });

    it('switches that one, keeps its health check, and leaves the others as they are', async () => {
      fake.edit(
        { action: 'CREATE', set: wire({ setIdentifier: 'eu', failover: 'PRIMARY', healthCheckId: 'eu-check' }) },
        { action: 'CREATE', set: us },
      );
      const provider = providerOf({ set: 'eu' });
      expect(await write(provider, A, 1, EU)).toMatchObject({ outcome: 'applied' });
      expect(await shown(provider, EU)).toEqual({ target: A, epoch: 1 });
      expect(fake.sets(NAME)).toEqual([
        wire({ setIdentifier: 'eu', failover: 'PRIMARY', values: ['192.0.2.10'], healthCheckId: 'eu-check' }),
        us,
      ]);
    });

    it.each([
      ['weight', { weight: 7 }, { weight: 7 }],
      ['latency', { latencyRegion: 'eu-west-1' }, { region: 'eu-west-1' }],
      ['multivalue answers', { multivalue: true as const }, { multiValue: true }],
    ])('creates it by %s', async (_, by, expected) => {
      const shape = { routing: { setIdentifier: 'eu', by }, healthCheckId: 'check' };
      const provider = providerOf({ set: 'eu' });
      expect(await write(provider, A, 1, shape)).toMatchObject({ outcome: 'applied' });
      expect(fake.sets(NAME)).toEqual([
        wire({ setIdentifier: 'eu', values: ['192.0.2.10'], healthCheckId: 'check', ...expected }),
      ]);
    });

    it('is told by Route 53 where it may not stand beside what is there', async () => {
      fake.edit({ action: 'CREATE', set: wire({}) });
      const answered = await write(providerOf({ set: 'eu' }), A, 1, EU);
      expect(answered).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_PROVIDER_REJECTED' } });
      expect(JSON.stringify(fake.sets(NAME))).toBe(JSON.stringify([wire({})]));
    });
  });

  it('points at an alias and back', async () => {
    const provider = providerOf();
    const alias: NameTarget = {
      kind: 'alias',
      zoneId: 'Z32O12XQLNTSW2',
      aliasOf: 'lb.eu-west-1.elb.amazonaws.com',
      evaluateHealth: true,
      families: ['ipv4', 'ipv6'],
    };
    await write(provider, A, 1);
    expect(await write(provider, alias, 2)).toMatchObject({ outcome: 'applied' });
    expect(await shown(provider)).toEqual({ target: alias, epoch: 2 });
    expect(await write(provider, B, 3)).toMatchObject({ outcome: 'applied' });
    expect(await shown(provider)).toEqual({ target: B, epoch: 3 });
  });

  it('is in sync when all servers know, and forgets what was lost with a region', async () => {
    const provider = providerOf();
    fake.api.settings.propagationMs = 60_000;
    const pending = await write(provider, A, 1);
    const change = pending.outcome === 'applied' ? pending.change! : '';
    expect(await provider.settled(change, soon())).toBe('pending');
    expect(await provider.settled('/change/C0NOBODY', soon())).toBe('lost');
    // The next change waits behind this one: the zone of this test must not.
    fake.zone.loseLast();
    expect(await provider.settled(change, soon())).toBe('lost');
  });

  describe('failing', () => {
    const failing = async (...faults: Parameters<typeof fake.api.faults.add>[0][]) => {
      const provider = providerOf();
      await write(provider, A, 1);
      for (const fault of faults) fake.api.faults.add(fault);
      return { provider, answered: await write(provider, B, 2) };
    };

    it.each([
      ['an error', { on: 'change', how: 'error', when: 'before' }, A],
      ['an error after it was done', { on: 'change', how: 'error', when: 'after' }, B],
      ['unavailability', { on: 'change', how: 'unavailable', when: 'before' }, A],
      ['an end of the connection', { on: 'change', how: 'reset', when: 'before' }, A],
      ['an end of the connection after it was done', { on: 'change', how: 'reset', when: 'after' }, B],
    ] as const)('does not know the outcome after %s; reading does', async (_, fault, holds) => {
      const { provider, answered } = await failing(fault);
      expect(answered.outcome).toBe('unknown');
      expect((await shown(provider)).target).toEqual(holds);
    });

    it('does not know the outcome when no answer comes in time', async () => {
      const provider = providerOf();
      const [seen] = await provider.read([NAME], soon());
      fake.api.faults.add({ on: 'change', how: 'silence', when: 'after' });
      const change = {
        names: [{ seen: seen!, sets: setsOf(NAME, B, {}, []), stamp: { epoch: epoch(2), owner: OWNER } }],
      };
      expect(await provider.apply(change, soon(200))).toMatchObject({ outcome: 'unknown' });
      expect(await shown(provider)).toEqual({ target: B, epoch: 2 });
      // The answer never came, the change did: the same one again is refused, not made twice.
      expect(await provider.apply(change, soon())).toEqual({ outcome: 'refused-by-fence' });
    });

    it.each([
      ['it is throttled', { on: 'change', how: 'throttled' }],
      ['the zone is busy', { on: 'change', how: 'busy' }],
    ] as const)('changed nothing when %s', async (_, fault) => {
      const { provider, answered } = await failing(fault);
      expect(answered.outcome).toBe('throttled');
      expect(await shown(provider)).toEqual({ target: A, epoch: 1 });
    });

    it('says what right is missing', async () => {
      const { answered } = await failing({ on: 'change', how: 'denied' });
      expect(answered).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_PROVIDER_REJECTED' } });
      expect(answered.outcome === 'misconfigured' && answered.error.message).toMatch(
        /AccessDenied .*ChangeResourceRecordSets/,
      );
    });

    it('does not take an old read for an edit of somebody else', async () => {
      const { provider, answered } = await failing({ on: 'list', how: 'stale' }, { on: 'list', how: 'stale' });
      expect(answered).toMatchObject({ outcome: 'transient', reason: expect.stringContaining('may be old') });
      expect(await shown(provider)).toEqual({ target: A, epoch: 1 });
    });

    it('is unavailable for reading when it is throttled, answers an error, or cannot be reached', async () => {
      const provider = providerOf();
      fake.api.faults.add({ on: 'list', how: 'throttled' });
      await expect(provider.read([NAME], soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
      const other = providerOf();
      fake.api.faults.add({ on: 'list', how: 'error', when: 'before' });
      await expect(other.read([NAME], soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
      const nobody = providerOf({ endpoint: 'http://127.0.0.1:1' });
      await expect(nobody.read([NAME], soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    });

    it.each([
      ['another secret', { credentials: { ...FAKE_KEY, secretAccessKey: 'wrong' } }, /SignatureDoesNotMatch.*clocks/],
      [
        'an unknown key',
        { credentials: { ...FAKE_KEY, accessKeyId: 'AKIDNOBODY' } },
        /InvalidClientTokenId.*access key/,
      ],
      ['another zone', { zoneId: 'Z0NOTHERE' }, /NoSuchHostedZone.*hostedZoneId/],
    ])('names what is wrong with %s', async (_, options, message) => {
      const reading = providerOf(options).read([NAME], soon());
      await expect(reading).rejects.toMatchObject({ code: 'SB_DNS_PROVIDER_REJECTED', retryable: false });
      await expect(reading).rejects.toThrow(message);
    });

    it('does not send what is beyond the limits of a batch', async () => {
      const addresses = Array.from({ length: 1_001 }, (_, n) => `10.0.${n >> 8}.${n & 0xff}`);
      const before = fake.api.requests.change;
      const answered = await write(providerOf(), { addresses, ttlSeconds: 5 }, 1);
      expect(answered).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_CHANGE_TOO_LARGE' } });
      expect(fake.api.requests.change).toBe(before);
    });

    it('has nothing to do with sets that it cannot put back as they were', async () => {
      fake.edit({
        action: 'CREATE',
        set: wire({ name: `_signalbox.${NAME}.`, type: 'TXT', values: ['"v=spf1 -all"'] }),
      });
      await expect(providerOf().read([NAME], soon())).rejects.toThrow(/v=spf1/);
    });
  });

  it('changes one zone one after the other, so that it is never busy with ours', async () => {
    fake.api.settings.changeTakesMs = 20;
    const provider = providerOf();
    const names = [1, 2, 3].map((n) => `n${n}.${ZONE}`);
    const seen = await provider.read(names, soon());
    const outcomes = await Promise.all(
      seen.map(async (each) =>
        provider.apply(
          { names: [{ seen: each, sets: setsOf(each.name, A, {}, []), stamp: { epoch: epoch(1), owner: OWNER } }] },
          soon(),
        ),
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
  });

  const asWire = (set: RecordSet): WireSet => {
    const { ResourceRecords = [], TTL, ...rest } = wireSetOf(set);
    return { name: rest.Name!, type: rest.Type!, values: ResourceRecords.map(({ Value }) => Value!), ttl: TTL! };
  };
});
