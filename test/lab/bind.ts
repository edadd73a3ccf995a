import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { LabError } from './lab-error.js';
import { KAFKA_SITES, type LabSite, type Layout, PORTS } from './layout.js';
import { type Command, type Part, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

export const ZONE = 'signalbox.test';
/** The name that clients follow to the active site. */
export const KAFKA_NAME = `kafka.${ZONE}`;
export const TSIG_KEY_NAME = 'signalbox-lab';
export const TSIG_ALGORITHM = 'hmac-sha256';

const PROBE_TIMEOUT_MS = 500;
const PRIMARY: LabSite = 'w';

export const tsigSecretFile = 'dns.tsig';

export function createTsigSecret(run: RunDirectory): void {
  run.write(randomBytes(32).toString('base64'), 'secrets', tsigSecretFile);
}

/** The hidden primary at the witness, which takes updates, or a secondary at a site, which answers clients. */
export class BindPart implements Part {
  readonly name = 'bind';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.dns, use: 'BIND' }];

  constructor(
    readonly site: LabSite,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {}

  prepare(): Promise<Command> {
    const directory = this.run.folder(this.site, 'bind');
    if (this.site === PRIMARY && !existsSync(join(directory, 'zone'))) {
      this.run.write(zoneFile(this.layout.address('a')), this.site, 'bind', 'zone');
    }
    const config = this.run.write(this.config(directory), this.site, 'named.conf');
    return Promise.resolve({ file: this.binary(), args: ['-g', '-n', '1', '-c', config] });
  }

  async probe(): Promise<void> {
    const resolver = new Resolver({ timeout: PROBE_TIMEOUT_MS, tries: 1 });
    resolver.setServers([`${this.layout.address(this.site)}:${PORTS.dns}`]);
    await resolver.resolveSoa(ZONE);
  }

  /** A copy: where AppArmor confines the system's named by its path, it could not read the run directory. */
  private binary(): string {
    const copy = join(this.run.folder('bin'), 'named');
    if (!existsSync(copy)) copyFileSync(systemNamed(), copy);
    return copy;
  }

  private config(directory: string): string {
    const address = this.layout.address(this.site);
    return `key "${TSIG_KEY_NAME}" { algorithm ${TSIG_ALGORITHM}; secret "${readFileSync(this.run.file('secrets', tsigSecretFile), 'utf8')}"; };
options {
  directory "${directory}";
  pid-file "${directory}/named.pid";
  session-keyfile "${directory}/session.key";
  managed-keys-directory "${directory}";
  listen-on port ${PORTS.dns} { ${address}; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  allow-query { ${this.layout.everywhere}; };
  allow-transfer { ${this.layout.everywhere}; };
  transfer-source ${address};
  notify-source ${address};
  notify-delay 0;
  notify-rate 1000;
  startup-notify-rate 1000;
  serial-query-rate 1000;
};
controls { };
${this.site === PRIMARY ? this.primaryZone() : this.secondaryZone()}
`;
  }

  private primaryZone(): string {
    const secondaries = KAFKA_SITES.map((site) => `${this.layout.address(site)} port ${PORTS.dns};`).join(' ');
    return `zone "${ZONE}" {
  type primary;
  file "zone";
  notify explicit;
  also-notify { ${secondaries} };
  update-policy { grant "${TSIG_KEY_NAME}" zonesub A AAAA CNAME TXT; };
};`;
  }

  private secondaryZone(): string {
    return `zone "${ZONE}" {
  type secondary;
  file "zone";
  notify no;
  primaries { ${this.layout.address(PRIMARY)} port ${PORTS.dns}; };
  min-refresh-time 1;
  max-refresh-time 1;
  min-retry-time 1;
  max-retry-time 1;
};`;
  }
}

/** Refresh and retry of one second: a secondary that missed a NOTIFY asks soon. */
function zoneFile(activeAddress: string): string {
  return `$TTL 1
@ IN SOA primary hostmaster ( 1 1 1 86400 1 )
@ IN NS primary
primary IN A 127.0.0.1
kafka 1 IN A ${activeAddress}
`;
}

function systemNamed(): string {
  const found = ['/usr/sbin/named', '/usr/bin/named'].find((path) => existsSync(path));
  if (found === undefined) throw new LabError('named is missing: apt-get install bind9');
  return found;
}
