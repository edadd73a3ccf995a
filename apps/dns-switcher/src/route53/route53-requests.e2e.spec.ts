import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, siteId, type AddressTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import type { DnsTrafficBy } from '#libs/topology';
import { FAKE_KEY, FAKE_ZONE_ID, FakeRoute53 } from '../../../../test/support/route53/fake-route53.js';
import { ProvidedName } from '../provided-name.js';
import { Route53Zones } from './route53-zones.js';

const ZONE = 'lab.example';
const A: AddressTarget = { addresses: ['192.0.2.10'], ttlSeconds: 5 };
const B: AddressTarget = { addresses: ['192.0.2.20'], ttlSeconds: 5 };
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(60_000);

/** At the rate that Route 53 gives an account: five requests a second, for everybody. */
describe('requests to Route 53', () => {
  let fake: FakeRoute53;
  let zones: Route53Zones;

  beforeAll(async () => {
    fake = await FakeRoute53.start({ zone: ZONE });
    zones = new Route53Zones(clock, new SystemRandom());
  });
  afterAll(() => fake?.end());

  const traffic = (name: string): DnsTrafficBy<'route53'> => ({
    kind: 'dns',
    name,
    zone: ZONE,
    ttlSeconds: 5,
    addresses: { [siteId('a')]: A.addresses, [siteId('b')]: B.addresses },
    adopt: [],
    externalDns: [],
    provider: {
      kind: 'route53',
      hostedZoneId: FAKE_ZONE_ID,
      region: 'us-east-1',
      endpoint: fake.endpoint,
      nameServers: [fake.nameServer],
      credentials: { accessKeyId: FAKE_KEY.accessKeyId, secretAccessKey: { file: 'unread' } },
      requestsPerSecond: 4,
    },
  });
  const resourceOf = (name: string) =>
    new ProvidedName(zones.providerOf({ traffic: traffic(name), secretAccessKey: FAKE_KEY.secretAccessKey }), clock, {
      name,
      owner: { installation: 'test', group: 'orders' },
      shape: {},
      callTimeoutMs: 30_000,
      ask: { attemptTimeoutMs: 10_000, pollMs: 50 },
    });
  /** As a run does it: look, write, read back, and see that it arrived. */
  const switched = async (name: string, target: AddressTarget, at: number) => {
    const resource = resourceOf(name);
    expect(await resource.write(await resource.read(soon()), target, epoch(at), soon())).toBe('written');
    expect(await resource.read(soon())).toMatchObject({ value: target, epoch: at });
    expect(await resource.verify(target, soon())).toMatchObject({ holds: true });
  };
  const counted = async (names: readonly string[], target: AddressTarget, at: number) => {
    const { requests } = fake.api;
    const sum = () => requests.change + requests.list + requests['get-change'] + requests['get-zone'];
    const [before, throttledBefore, sinceMs] = [sum(), requests.throttled, clock.monotonicMs()];
    await Promise.all(names.map(async (name) => switched(name, target, at)));
    const perName = (sum() - before) / names.length;
    const figures = {
      names: names.length,
      requests: sum() - before,
      perName,
      throttled: requests.throttled - throttledBefore,
    };
    console.log(`Route 53 fake: ${JSON.stringify({ ...figures, ms: Math.round(clock.monotonicMs() - sinceMs) })}`);
    return figures;
  };

  it('are four for a name, and none is throttled', async () => {
    const figures = await counted([`kafka.${ZONE}`], A, 1);
    expect(figures).toMatchObject({ requests: 4, throttled: 0 });
  });

  it('are few for many names that are switched at the same time, within the rate of the account', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `kafka-${n}.${ZONE}`);
    const figures = await counted(names, B, 1);
    expect(figures.throttled).toBe(0);
    expect(figures.perName).toBeLessThan(1);
    for (const name of names) expect(fake.sets(name)).toMatchObject([{ values: B.addresses, ttl: 5 }]);
  });
});
