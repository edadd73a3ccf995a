import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, type AddressTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import type { DnsTrafficBy } from '#libs/topology';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { FAKE_KEY, FAKE_ZONE_ID, FakeRoute53 } from '../../../../test/support/route53/fake-route53.js';
import { ProvidedName } from '../provided-name.js';
import { Route53Zones, shapeOf } from './route53-zones.js';

const ZONE = 'lab.example';
const A: AddressTarget = { addresses: ['192.0.2.10'], ttlSeconds: 5 };
const B: AddressTarget = { addresses: ['192.0.2.20', '2001:db8::20'], ttlSeconds: 3 };
const FAST = 100_000;
const PROPAGATION_MS = 700;
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(60_000);

/** With the name server of the fake, which answers with what has been propagated. */
describe('a name in Route 53, followed to its answers', () => {
  let fake: FakeRoute53;
  let names = 0;

  beforeAll(async () => {
    fake = await FakeRoute53.start({
      zone: ZONE,
      settings: { requestsPerSecond: FAST, propagationMs: PROPAGATION_MS },
    });
  });
  afterAll(() => fake?.end());

  const newName = () => `kafka-${++names}.${ZONE}`;
  const resourceOf = (name: string, set?: DnsTrafficBy<'route53'>['provider']['set']) => {
    const traffic: DnsTrafficBy<'route53'> = {
      kind: 'dns',
      name,
      zone: ZONE,
      ttlSeconds: 5,
      addresses: {},
      adopt: [],
      externalDns: [],
      provider: {
        kind: 'route53',
        hostedZoneId: FAKE_ZONE_ID,
        region: 'us-east-1',
        endpoint: fake.endpoint,
        nameServers: [fake.nameServer],
        credentials: { accessKeyId: FAKE_KEY.accessKeyId, secretAccessKey: { file: 'unread' } },
        requestsPerSecond: FAST,
        ...(set && { set }),
      },
    };
    const zones = new Route53Zones(clock, new SystemRandom());
    const provider = zones.providerOf({ traffic, secretAccessKey: FAKE_KEY.secretAccessKey });
    return new ProvidedName(provider, clock, {
      name,
      owner: { installation: 'test', group: 'orders' },
      shape: shapeOf(traffic),
      callTimeoutMs: 30_000,
      ask: { attemptTimeoutMs: 10_000, pollMs: 50 },
    });
  };
  const put = async (resource: ProvidedName, target: AddressTarget, at: number) =>
    resource.write(await resource.read(soon()), target, epoch(at), soon());

  fencedResourceConformance('a name in Route 53', async () => {
    const resource = resourceOf(newName());
    await put(resource, A, 1);
    return { resource, values: [A, B], epochBefore: 1, end: async () => undefined };
  });

  it('is not there before its servers know, and there when Route 53 says so', async () => {
    const resource = resourceOf(newName());
    const asked = fake.api.requests['get-change'];
    const startedMs = clock.monotonicMs();
    expect(await put(resource, A, 1)).toBe('written');
    const early = await resource.verify(A, AbortSignal.timeout(1));
    expect(early.holds).toBe(false);
    expect(await resource.verify(A, soon())).toMatchObject({ holds: true });
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(PROPAGATION_MS);
    expect(fake.api.requests['get-change']).toBeGreaterThan(asked);
  });

  it('is proved by its stamp where Route 53 chooses between several sets', async () => {
    const name = newName();
    const other = { name: `${name}.`, type: 'A', setIdentifier: 'us', weight: 255, ttl: 5, values: ['203.0.113.1'] };
    fake.edit({ action: 'CREATE', set: other });
    const resource = resourceOf(name, { identifier: 'eu', by: { weight: 1 } });
    await put(resource, A, 1);
    expect(await resource.verify(A, soon())).toMatchObject({ holds: true });
    expect(fake.sets(name)).toHaveLength(2);
  });

  it('is written again when Route 53 lost the change that it had taken', async () => {
    const resource = resourceOf(newName());
    await put(resource, A, 1);
    fake.api.faults.add({ on: 'change', how: 'lost' });
    expect(await put(resource, B, 2)).toBe('written');
    expect(await resource.read(soon())).toMatchObject({ value: A, epoch: 1 });
    expect(await put(resource, B, 2)).toBe('written');
    expect(await resource.verify(B, soon())).toMatchObject({ holds: true });
  });
});
