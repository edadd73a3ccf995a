import { ChangeResourceRecordSetsCommand, type Route53Client } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { FAKE_KEY, FAKE_ZONE_ID, FakeRoute53 } from '../../../../test/support/route53/fake-route53.js';
import { raceForName } from '../../../../test/support/name-race.js';
import type { NameChange } from '../name-change.js';
import type { Applied } from '../name-provider.js';
import { RequestBudget } from './request-budget.js';
import { route53Client } from './route53-client.js';
import { batchOf, Route53NameProvider } from './route53.name-provider.js';

const ZONE = 'lab.example';
const ROUNDS = 200;
const UPSERT_ROUNDS = 20;
/** The race is about who wins, not about the rate. */
const FAST = 100_000;
const clock = new SystemClock();

/** What a switcher would be that does as most tools do: the same change, as UPSERTs. */
class UpsertingProvider extends Route53NameProvider {
  constructor(
    private readonly upserting: Route53Client,
    budget: RequestBudget,
    zone: ConstructorParameters<typeof Route53NameProvider>[2],
  ) {
    super(upserting, budget, zone);
  }

  override async apply(change: NameChange, signal: AbortSignal): Promise<Applied> {
    const creations = batchOf(change).filter(({ Action }) => Action === 'CREATE');
    const Changes = creations.map((each) => ({ ...each, Action: 'UPSERT' as const }));
    await this.upserting.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: FAKE_ZONE_ID, ChangeBatch: { Changes } }),
      { abortSignal: signal },
    );
    return { outcome: 'applied' };
  }
}

describe('two switchers and one name in Route 53', () => {
  let fake: FakeRoute53;
  const clients: Route53Client[] = [];

  beforeAll(async () => {
    fake = await FakeRoute53.start({ zone: ZONE, settings: { requestsPerSecond: FAST } });
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await fake?.end();
  });

  const make = (Provider: typeof Route53NameProvider | typeof UpsertingProvider) => {
    const client = route53Client({ endpoint: fake.endpoint, region: 'us-east-1', credentials: FAKE_KEY });
    clients.push(client);
    const budget = new RequestBudget(FAST, clock, new SystemRandom());
    const zone = { hostedZoneId: FAKE_ZONE_ID, setIdentifiers: new Map<string, string>(), authorities: async () => [] };
    return new Provider(client, budget, zone);
  };
  const race = async (
    Provider: typeof Route53NameProvider | typeof UpsertingProvider,
    name: string,
    rounds: number,
  ) => {
    const both = { lower: make(Provider), higher: make(Provider) };
    const tally = await raceForName(`${name}.${ZONE}`, rounds, both, new SystemRandom());
    console.log(`Route 53 fake, ${name}: ${JSON.stringify(tally)}`);
    return tally;
  };

  it('end with the higher epoch every time, the late one being refused by Route 53', async () => {
    const refusedBefore = fake.api.requests.refused;
    expect(await race(Route53NameProvider, 'compared', ROUNDS)).toEqual({
      rounds: ROUNDS,
      higherStands: ROUNDS,
      lowerRefused: ROUNDS,
      mixed: 0,
    });
    expect(fake.api.requests.refused - refusedBefore).toBeGreaterThanOrEqual(ROUNDS);
  });

  it('would end with the lower one if they upserted', async () => {
    const tally = await race(UpsertingProvider, 'upserted', UPSERT_ROUNDS);
    expect(tally).toMatchObject({ higherStands: 0, lowerRefused: 0 });
  });
});
