import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import canonicalize from 'canonicalize';
import type { Answer } from 'dns-packet';
import kafkajs, { type Acl, type AclResource } from 'kafkajs';
import { ZONE } from './bind.js';
import { clientConfigFile } from './client-config.js';
import { connectCall } from './connect.js';
import { Firewall } from './firewall.js';
import { withAdmin } from './kafka.js';
import { KAFKA_SITES, type KafkaSite, type Layout, PORTS } from './layout.js';
import type { RunDirectory } from './run-directory.js';
import { transferZone } from './zone-transfer.js';

const UNREACHABLE = 'unreachable';
const GUARD_CANARY = 'signalbox.guard-canary';

/**
 * Every resource that Signalbox can change, as canonical JSON: the same text means that nothing was changed.
 * Left out is what moves by itself: offsets, a connector's tasks (without its source a checkpoint connector has none),
 * whether it is being restarted or rebalanced, the zone's serial, and what a guard does on the topic on which it proves
 * from time to time that it can fence. Logins are shown as a hash.
 */
export async function snapshot(layout: Layout, run: RunDirectory): Promise<string> {
  const [dns, ...sites] = await Promise.all([
    reached(() => dnsRecords(layout)),
    ...KAFKA_SITES.map(async (site) => ({
      acls: await reached(() => acls(layout, run, site)),
      connectors: await reached(() => connectors(layout, site)),
      clientConfig: await reached(() => clientConfig(run, site)),
      clientListener: new Firewall(layout).isListenerClosed(site) ? 'closed' : 'open',
    })),
  ]);
  const entries = KAFKA_SITES.map((site, index) => [site, sites[index]]);
  const content: unknown = JSON.parse(canonicalize({ dns, sites: Object.fromEntries(entries) }) ?? '');
  return JSON.stringify(content, undefined, 2);
}

async function reached<T>(read: () => Promise<T>): Promise<T | typeof UNREACHABLE> {
  try {
    return await read();
  } catch {
    return UNREACHABLE;
  }
}

async function dnsRecords(layout: Layout): Promise<string[]> {
  const records = await transferZone(layout.address('w'), PORTS.dns, ZONE);
  return records.map(recordText).sort();
}

function recordText(record: Answer): string {
  const data = record.type === 'TXT' ? [record.data].flat().map(String) : 'data' in record ? record.data : '';
  const ttl = 'ttl' in record ? record.ttl : '';
  return `${record.name} ${ttl} ${record.type} ${typeof data === 'string' ? data : JSON.stringify(data)}`;
}

function acls(layout: Layout, run: RunDirectory, site: KafkaSite): Promise<string[]> {
  return withAdmin(layout, run, site, async (admin) => {
    const { resources } = await admin.describeAcls({
      resourceType: kafkajs.AclResourceTypes.ANY,
      resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
      operation: kafkajs.AclOperationTypes.ANY,
      permissionType: kafkajs.AclPermissionTypes.ANY,
    });
    return resources
      .flatMap((resource) => resource.acls.map((acl) => `${ruleText(acl)} on ${resourceText(resource)}`))
      .filter((rule) => !rule.includes(GUARD_CANARY))
      .sort();
  });
}

const ruleText = ({ permissionType, principal, operation, host }: Acl) =>
  `${nameOf(kafkajs.AclPermissionTypes, permissionType)} ${principal} ${nameOf(kafkajs.AclOperationTypes, operation)} from ${host}`;

const resourceText = ({ resourcePatternType, resourceType, resourceName }: AclResource) =>
  `${nameOf(kafkajs.ResourcePatternTypes, resourcePatternType)} ${nameOf(kafkajs.AclResourceTypes, resourceType)} ${resourceName}`;

const nameOf = (names: Readonly<Record<string, unknown>>, value: number) =>
  Object.keys(names).find((name) => names[name] === value) ?? String(value);

async function connectors(layout: Layout, site: KafkaSite): Promise<Record<string, unknown>> {
  const names = (await connectCall(layout, site, 'GET', '/connectors')) as readonly string[];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await connector(layout, site, name)] as const)),
  );
}

async function connector(layout: Layout, site: KafkaSite, name: string): Promise<unknown> {
  const read = (what: string) => connectCall(layout, site, 'GET', `/connectors/${encodeURIComponent(name)}/${what}`);
  const [config, status] = await Promise.all([read('config'), read('status')]);
  const { connector: own } = status as { readonly connector: { readonly state: string } };
  return { config: hideLogins(config as Record<string, string>), meantTo: MEANT_TO[own.state] ?? 'run' };
}

/** The states that somebody asked for; all others (UNASSIGNED, RESTARTING, FAILED) befall a connector that is to run. */
const MEANT_TO: Readonly<Record<string, string>> = { PAUSED: 'pause', STOPPED: 'stop' };

const clientConfig = async (run: RunDirectory, site: KafkaSite): Promise<unknown> =>
  JSON.parse(await readFile(clientConfigFile(run, site), 'utf8'));

function hideLogins(config: Readonly<Record<string, string>>): Record<string, string> {
  const hidden = (value: string) => `sha256:${createHash('sha256').update(value).digest('hex')}`;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, key.endsWith('jaas.config') ? hidden(value) : value]),
  );
}
