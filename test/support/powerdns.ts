import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KEY, servesZone, ZONE, zoneFile, type PrimaryOptions } from './bind.js';
import { ChildPart } from './child-part.js';

const SCHEMA = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';

export interface PowerDnsOptions extends PrimaryOptions {
  /** Of another PowerDNS, whose zone this one serves, too: several doors to the same data. */
  readonly database?: string;
}

export const databaseIn = (directory: string): string => join(directory, 'zones.sqlite');

/**
 * A real PowerDNS on 127.0.0.1 over SQLite, the primary of the zone. Its keys are for whole zones. Returns once it
 * serves it with authority.
 * @throws PortTakenError when somebody else has its port by now
 */
export async function startPowerDns(options: PowerDnsOptions): Promise<ChildPart> {
  const file = (name: string) => join(options.directory, name);
  mkdirSync(options.directory, { recursive: true });
  writeFileSync(file('zone'), zoneFile(options));
  writeFileSync(file('pdns.conf'), config(options));
  if (options.database === undefined) fill(options.directory);
  const part = ChildPart.start('/usr/sbin/pdns_server', [`--config-dir=${options.directory}`]);
  await servesZone(part, options.port);
  return part;
}

function fill(directory: string): void {
  const database = new DatabaseSync(databaseIn(directory));
  database.exec(readFileSync(SCHEMA, 'utf8'));
  database.close();
  const tool = (...args: string[]) =>
    execFileSync('/usr/bin/pdnsutil', [`--config-dir=${directory}`, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  tool('load-zone', ZONE, join(directory, 'zone'));
  tool('import-tsig-key', KEY.name, KEY.algorithm, KEY.secret.export().toString('base64'));
  tool('set-meta', ZONE, 'TSIG-ALLOW-DNSUPDATE', KEY.name);
}

/** Nothing is cached: a read after an acknowledged update shows it also at another process over the same database. */
const config = ({ directory, port, database = databaseIn(directory) }: PowerDnsOptions): string => `launch=gsqlite3
gsqlite3-database=${database}
gsqlite3-pragma-synchronous=0
local-address=127.0.0.1
local-port=${port}
dnsupdate=yes
socket-dir=${directory}
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
receiver-threads=1
distributor-threads=1
guardian=no
daemon=no
disable-syslog=yes
write-pid=no
security-poll-suffix=
`;
