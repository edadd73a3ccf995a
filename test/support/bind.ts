import { createSecretKey, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { NameServer } from '../../apps/dns-switcher/src/name-server.js';
import type { TsigKey } from '../../apps/dns-switcher/src/tsig.js';
import { ChildPart } from './child-part.js';

export const ZONE = 'lab.example';
export const NAME = `kafka.${ZONE}`;
/** Below it the key may do everything. */
export const FREE_NAMES = `free.${ZONE}`;
export const KEY: TsigKey = { name: 'signalbox', algorithm: 'hmac-sha256', secret: createSecretKey(randomBytes(32)) };

const ATTEMPT_MS = 1_000;

/** What a primary of the zone is told, whoever made it. */
export interface PrimaryOptions {
  readonly directory: string;
  readonly port: number;
  /** Lines of the zone file beyond those that every test finds. */
  readonly records?: string;
}

export interface BindOptions extends PrimaryOptions {
  /** The port of the primary to copy from; without one this server is the primary. */
  readonly primary?: number;
  /** The ports of the servers that the primary tells of a change; the others find out after a second. */
  readonly notify?: readonly number[];
}

/** A real BIND on 127.0.0.1, as a process of this test. */
export class Bind {
  private constructor(private readonly part: ChildPart) {}

  /**
   * Returns once it serves the zone with authority.
   * @throws PortTakenError when somebody else has its port by now
   */
  static async start(options: BindOptions): Promise<Bind> {
    mkdirSync(options.directory, { recursive: true });
    const file = (name: string) => join(options.directory, name);
    writeFileSync(file('zone'), zoneFile(options));
    writeFileSync(file('named.conf'), config(options));
    // A copy: where AppArmor confines the system's named by its path, it cannot read our directory.
    if (!existsSync(file('named'))) copyFileSync('/usr/sbin/named', file('named'));
    const part = ChildPart.start(file('named'), ['-g', '-n', '1', '-c', file('named.conf')]);
    await servesZone(part, options.port);
    return new Bind(part);
  }

  /** Returns once it has stopped. */
  freeze(): Promise<void> {
    return this.part.freeze();
  }

  thaw(): void {
    this.part.thaw();
  }

  /** Returns once it has exited. */
  kill(): Promise<void> {
    return this.part.kill();
  }

  end(): Promise<void> {
    return this.kill();
  }
}

/** Returns once the server answers for the zone with authority. @throws PortTakenError */
export const servesZone = (part: ChildPart, port: number): Promise<void> => {
  const server = new NameServer({ host: '127.0.0.1', port }, new SystemClock(), new SystemRandom());
  return part.ready(async () => {
    const asked = server.query([{ name: ZONE, type: 'SOA' }], AbortSignal.timeout(ATTEMPT_MS));
    const [records = []] = await asked.catch(() => []);
    return records.length > 0;
  });
};

export const zoneFile = ({ records = '' }: PrimaryOptions): string => `$TTL 30
@ IN SOA ns1 admin ( 1 1 1 86400 30 )
@ IN NS ns1
ns1 IN A 192.0.2.1
kafka 5 IN A 192.0.2.10
alias IN CNAME kafka
foreign IN A 192.0.2.11
_signalbox.foreign IN TXT "v=spf1 -all"
${records}
`;

const ports = (all: readonly number[]) => all.map((port) => `127.0.0.1 port ${port};`).join(' ');

function config({ directory, port, primary, notify = [] }: BindOptions): string {
  const zone =
    primary === undefined
      ? `type primary; file "zone"; notify explicit; also-notify { ${ports(notify)} };
         update-policy { grant ${KEY.name} name ${NAME}. A AAAA; grant ${KEY.name} name _signalbox.${NAME}. TXT;
         grant ${KEY.name} subdomain ${FREE_NAMES}. ANY; };`
      : `type secondary; file "copy"; primaries { 127.0.0.1 port ${primary}; }; notify no;
         min-refresh-time 1; max-refresh-time 1; min-retry-time 1; max-retry-time 1;`;
  // The default rates hold back a second NOTIFY or SOA query by up to 500 ms.
  return `key "${KEY.name}" { algorithm ${KEY.algorithm}; secret "${KEY.secret.export().toString('base64')}"; };
    options { directory "${directory}"; pid-file "${directory}/named.pid"; session-keyfile "${directory}/session.key";
      listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
      notify-delay 0; notify-rate 1000; startup-notify-rate 1000; serial-query-rate 1000; tcp-listen-queue 100; };
    controls { };
    zone "${ZONE}" { ${zone} };`;
}
