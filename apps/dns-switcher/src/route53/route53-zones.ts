import { Resolver } from 'node:dns/promises';
import { UnavailableError } from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { hostAndPort, type DnsTrafficBy } from '#libs/topology';
import { GatheredNameProvider } from '../gathered.name-provider.js';
import type { NameStep } from '../name-change.js';
import { NameServer } from '../name-server.js';
import type { SetShape } from '../target-sets.js';
import { RequestBudget } from './request-budget.js';
import { route53Client } from './route53-client.js';
import { batchOf, CHARACTERS_MAX, RECORDS_MAX, Route53NameProvider } from './route53.name-provider.js';

/** A name in Route 53, and the secret of its access key where signalbox.yaml names one. */
export interface Route53Traffic {
  readonly traffic: DnsTrafficBy<'route53'>;
  readonly secretAccessKey?: string;
}

/** A request waits for its turn in the account's rate, and goes to the other side of the world. */
export const ROUTE53_CALL_MS = 15_000;
const DNS_PORT = 53;
const RESOLVE_TIMEOUT_MS = 2_000;

type Provider = Route53Traffic['traffic']['provider'];

interface Zone {
  readonly direct: Route53NameProvider;
  readonly gathered: GatheredNameProvider;
  readonly setIdentifiers: Map<string, string>;
}

/** Names of one hosted zone share batches; names of one account share its rate. */
export class Route53Zones {
  private readonly zones = new Map<string, Zone>();
  private readonly budgets = new Map<string, RequestBudget>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  providerOf({ traffic, secretAccessKey }: Route53Traffic): GatheredNameProvider {
    const { provider, name } = traffic;
    const { set: _set, healthCheckId: _check, ...place } = provider;
    const id = JSON.stringify(place);
    const zone = this.zones.get(id) ?? this.make(provider, secretAccessKey);
    this.zones.set(id, zone);
    if (provider.set) zone.setIdentifiers.set(name, provider.set.identifier);
    return zone.gathered;
  }

  /** Every hosted zone once, to be looked at before a run depends on it. */
  all(): readonly Route53NameProvider[] {
    return [...this.zones.values()].map(({ direct }) => direct);
  }

  private make(provider: Provider, secretAccessKey?: string): Zone {
    const { region, endpoint, credentials, hostedZoneId, nameServers } = provider;
    const client = route53Client({
      region,
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials && {
        credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: secretAccessKey ?? '' },
      }),
    });
    const setIdentifiers = new Map<string, string>();
    const direct = new Route53NameProvider(client, this.budgetOf(provider), {
      hostedZoneId,
      setIdentifiers,
      authorities:
        nameServers.length > 0
          ? async () => this.serversAt(nameServers)
          : async (delegation) => this.found(await delegation()),
    });
    return { direct, gathered: gathered(direct), setIdentifiers };
  }

  private budgetOf({ credentials, endpoint, requestsPerSecond }: Provider): RequestBudget {
    const account = JSON.stringify([endpoint, credentials?.accessKeyId]);
    const budget = this.budgets.get(account) ?? new RequestBudget(requestsPerSecond, this.clock, this.random);
    this.budgets.set(account, budget);
    return budget;
  }

  private serversAt(addresses: readonly string[]): readonly NameServer[] {
    return addresses.map((address) => new NameServer(hostAndPort(address), this.clock, this.random));
  }

  private async found(hosts: readonly string[]): Promise<readonly NameServer[]> {
    const resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: 2 });
    const addresses = await Promise.all(hosts.map(async (host) => resolver.resolve4(host).catch(() => [])));
    const all = addresses.flat();
    if (all.length > 0) return this.serversAt(all.map((address) => `${address}:${DNS_PORT}`));
    throw new UnavailableError(`no address was found of the zone's name servers ${hosts.join(', ')}`);
  }
}

const gathered = (direct: Route53NameProvider): GatheredNameProvider =>
  new GatheredNameProvider(direct, { callTimeoutMs: ROUTE53_CALL_MS, sizeOf, sizeMax: CHARACTERS_MAX });

/** Against both limits of a batch at once. */
function sizeOf(step: NameStep): number {
  const values = batchOf({ names: [step] }).flatMap(({ ResourceRecordSet: set }) => set?.ResourceRecords ?? []);
  const characters = values.reduce((sum, { Value = '' }) => sum + Value.length, 0);
  return Math.max(characters, (values.length * CHARACTERS_MAX) / RECORDS_MAX);
}

export const shapeOf = ({ provider: { set, healthCheckId } }: DnsTrafficBy<'route53'>): SetShape => ({
  ...(set && { routing: { setIdentifier: set.identifier, by: set.by } }),
  ...(healthCheckId !== undefined && { healthCheckId }),
});
