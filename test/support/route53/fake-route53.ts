import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { SystemClock, SystemRandom, type Clock } from '#libs/runtime';
import { Route53Api, type ApiSettings } from './api.js';
import { Route53Dns } from './dns.js';
import type { AccountKey } from './signature.js';
import type { WireChange, WireSet } from './wire-set.js';
import { HostedZone } from './zone.js';

export interface FakeRoute53Options {
  readonly zone: string;
  readonly hostedZoneId?: string;
  readonly key?: AccountKey;
  readonly settings?: Partial<ApiSettings>;
  /** Where it serves the API, and DNS over UDP and TCP, at several addresses too; 127.0.0.1 and free ports when absent. */
  readonly api?: ServedAt;
  readonly dns?: readonly ServedAt[];
}

interface ServedAt {
  readonly host: string;
  readonly port: number;
}

export const FAKE_KEY: AccountKey = { accessKeyId: 'AKIDSIGNALBOXFAKE', secretAccessKey: 'fake+secret/of+the+fake' };
export const FAKE_ZONE_ID = 'Z0SIGNALBOXFAKE';

const SETTINGS: ApiSettings = { propagationMs: 0, changeTakesMs: 0, requestsPerSecond: 5 };

/** Route 53 as its API reference describes it, in memory. docs/dns.md has the table of what it covers. */
export class FakeRoute53 {
  private constructor(
    private readonly http: Server,
    readonly zone: HostedZone,
    readonly api: Route53Api,
    private readonly servers: readonly Route53Dns[],
    readonly endpoint: string,
    /** `host:port` of its first name server. */
    readonly nameServer: string,
  ) {}

  /** @throws where one of its addresses is taken */
  static async start(options: FakeRoute53Options, clock: Clock = new SystemClock()): Promise<FakeRoute53> {
    const { key = FAKE_KEY, hostedZoneId = FAKE_ZONE_ID } = options;
    const zone = new HostedZone(hostedZoneId, options.zone, clock);
    const api = new Route53Api([zone], key, clock, { ...SETTINGS, ...options.settings });
    const http = createServer((request, response) => {
      api.handle(request, response).catch(() => response.destroy());
    });
    const { host, port } = options.api ?? { host: '127.0.0.1', port: 0 };
    await once(http.listen(port, host), 'listening');
    const dnsAt = options.dns ?? [{ host, port: await freeUdpAndTcp(host) }];
    const servers = await Promise.all(dnsAt.map(async (at) => Route53Dns.start(zone, new SystemRandom(), at)));
    const address = http.address() as { port: number };
    const [first] = dnsAt;
    return new FakeRoute53(http, zone, api, servers, `http://${host}:${address.port}`, `${first!.host}:${first!.port}`);
  }

  /** As somebody does who has an account of their own, and all of its rate. Throws where the API would refuse. */
  edit(...batch: readonly WireChange[]): void {
    const made = this.zone.change(batch, this.api.settings.propagationMs);
    if ('faults' in made) throw new Error(made.faults.join('\n'));
  }

  sets(name: string): readonly WireSet[] {
    return this.zone.sets().filter((set) => set.name === `${name}.`);
  }

  /** Its name server, to make health checks fail there or aliases lead somewhere. */
  get dns(): Route53Dns {
    return this.servers[0]!;
  }

  async end(): Promise<void> {
    this.http.closeAllConnections();
    await Promise.all([once(this.http.close(), 'close'), ...this.servers.map(async (server) => server.end())]);
  }
}

/** A port that is free for TCP is so for UDP here: nobody else of a test binds UDP. */
async function freeUdpAndTcp(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await once(probe.close(), 'close');
  return port;
}
