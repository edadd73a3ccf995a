import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import type { FakeFile } from '../support/route53/main.js';
import { KAFKA_NAME, ZONE } from './bind.js';
import { type LabSite, type Layout, PORTS, SITES } from './layout.js';
import { accepts, type Command, type Part, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

export const HOSTED_ZONE_ID = 'Z0SIGNALBOXLAB';
export const ACCESS_KEY_ID = 'AKIDSIGNALBOXLAB';
export const route53SecretFile = 'route53.secret';

const PROBE_TIMEOUT_MS = 500;
/** Some seconds to a minute there; as everything here, at the lab's pace. */
const PROPAGATION_MS = 1_000;
const ACCOUNT_REQUESTS_PER_SECOND = 5;

export function createRoute53Secret(run: RunDirectory): void {
  run.write(randomBytes(30).toString('base64'), 'secrets', route53SecretFile);
}

export const route53Endpoint = (layout: Layout): string => `http://${layout.address('outside')}:${PORTS.route53}`;

/**
 * A fake of Route 53: one process whose API is outside all sites, and whose name servers answer in each of them, as
 * Route 53 does from everywhere. It is counted to the witness, and stays when a site is lost.
 */
export class Route53Part implements Part {
  readonly site: LabSite = 'w';
  readonly name = 'route53';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.dns, use: 'the name server of the Route 53 fake' }];

  constructor(
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {}

  prepare(): Promise<Command> {
    const secretAccessKey = readFileSync(this.run.file('secrets', route53SecretFile), 'utf8');
    const file: FakeFile = {
      options: {
        zone: ZONE,
        hostedZoneId: HOSTED_ZONE_ID,
        key: { accessKeyId: ACCESS_KEY_ID, secretAccessKey },
        settings: { propagationMs: PROPAGATION_MS, requestsPerSecond: ACCOUNT_REQUESTS_PER_SECOND },
        api: { host: this.layout.address('outside'), port: PORTS.route53 },
        dns: SITES.map((site) => ({ host: this.layout.address(site), port: PORTS.dns })),
      },
      sets: [{ name: `${KAFKA_NAME}.`, type: 'A', ttl: 1, values: [this.layout.address('a')] }],
    };
    const main = join(import.meta.dirname, '..', 'support', 'route53', 'main.js');
    return Promise.resolve({
      file: process.execPath,
      args: [main, this.run.write(JSON.stringify(file), this.site, 'route53.json')],
    });
  }

  async probe(): Promise<void> {
    await accepts(this.layout.address('outside'), PORTS.route53);
    const resolver = new Resolver({ timeout: PROBE_TIMEOUT_MS, tries: 1 });
    resolver.setServers(SITES.map((site) => `${this.layout.address(site)}:${PORTS.dns}`));
    await resolver.resolveSoa(ZONE);
  }
}
