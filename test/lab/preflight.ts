import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { ETCD, kafkaJars } from './cache.js';
import { LabError } from './lab-error.js';
import type { Layout } from './layout.js';
import type { Part } from './part.js';
import type { Infrastructure } from './parts.js';

interface Need {
  readonly what: string;
  readonly get: string;
  readonly isThere: () => boolean;
}

const program = (name: string, debianPackage: string): Need => ({
  what: name,
  get: `apt-get install --no-install-recommends ${debianPackage}`,
  isThere: () => onPath(name),
});
const cached = (path: () => string, what: string): Need => ({
  what,
  get: 'npm run lab (it runs set-up first)',
  isThere: () => existsSync(path()),
});

const ALWAYS = [program('setpriv', 'util-linux'), program('ip', 'iproute2')];
const NEEDS: Readonly<Record<Infrastructure, readonly Need[]>> = {
  kafka: [program('java', 'openjdk-17-jre-headless'), cached(kafkaJars, 'the Kafka jars')],
  zookeeper: [program('java', 'openjdk-17-jre-headless'), cached(kafkaJars, 'the Kafka jars')],
  connect: [program('java', 'openjdk-17-jre-headless'), cached(kafkaJars, 'the Kafka jars')],
  etcd: [cached(() => ETCD, 'etcd')],
  redis: [program('redis-server', 'redis-server')],
  bind: [program('named', 'bind9')],
  route53: [],
};

/** Everything that is missing, in one message. */
export function checkTools(wanted: readonly Infrastructure[]): void {
  if (process.platform !== 'linux') throw new LabError('the lab runs on Linux only');
  const missing = missingTools(wanted).map(({ what, get }) => `  ${what}: ${get}`);
  if (missing.length > 0) throw new LabError(`missing for the lab:\n${[...new Set(missing)].join('\n')}`);
}

/** What of it is not here. */
export const missingForLab = (wanted: readonly Infrastructure[]): string[] =>
  process.platform === 'linux' ? missingTools(wanted).map(({ what }) => what) : [`Linux: this is ${process.platform}`];

const missingTools = (wanted: readonly Infrastructure[]): Need[] =>
  [...new Set([...ALWAYS, ...wanted.flatMap((kind) => NEEDS[kind])])].filter((need) => !need.isThere());

export function onPath(name: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Reports every taken port by the name of the part that wants it. */
export async function checkPorts(layout: Layout, parts: readonly Part[]): Promise<void> {
  const uses = parts.flatMap((part) =>
    part.ports.map((port) => ({ ...port, site: part.site, address: layout.address(part.site) })),
  );
  const taken = await Promise.all(uses.map(async (use) => ((await isFree(use.address, use.port)) ? [] : [use])));
  const lines = taken.flat().map(({ use, site, address, port }) => `  ${address}:${port} (${use} of site ${site})`);
  if (lines.length > 0)
    throw new LabError(
      `taken by another program:\n${lines.join('\n')}\nend it, or set SIGNALBOX_LAB_NET to another number`,
    );
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
