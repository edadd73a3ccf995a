import { stringify } from 'yaml';
import { type GroupMode, parseTopology, type TopologyText } from '#libs/topology';
import type { z } from 'zod';
import { KAFKA_NAME, TSIG_ALGORITHM, TSIG_KEY_NAME, tsigSecretFile, ZONE } from './bind.js';
import { clientConfigData, clientConfigFile, CONFIG_ID } from './client-config.js';
import { connectUrl } from './connect.js';
import { passwordFile } from './credentials.js';
import { ladderFile } from './firewall.js';
import {
  connectorNames,
  driverSettings,
  MIRROR_PRINCIPAL,
  mirroredTopics,
  mirrorPolicy,
  secretSettings,
} from './flow.js';
import { publicKeyOf, ROLES, signingKeyFile, tokenHash } from './identities.js';
import { KAFKA_SITES, type KafkaSite, type LabSite, type Layout, PORTS, SITES } from './layout.js';
import type { DnsPart } from './parts.js';
import { LAB_POLICY } from './profile.js';
import { ACCESS_KEY_ID, HOSTED_ZONE_ID, route53Endpoint, route53SecretFile } from './route53.js';
import type { RunDirectory } from './run-directory.js';
import { siteOf } from './site.js';

export const configFile = 'signalbox.yaml';
/** What people would be told, as CloudEvents, one a line. */
export const notificationsFile = 'notifications.ndjson';

export type Document = z.input<typeof TopologyText>;
/** What a test wants otherwise in signalbox.yaml; `secret` writes what a file of it is to hold. */
export type Amend = (document: Document, secret: (name: string, text: string) => { readonly file: string }) => void;
type Member<K extends keyof Document> = NonNullable<Document[K]>;

/** Writes the lab's signalbox.yaml, and fails when Signalbox itself would refuse it. */
export function writeTopology(
  layout: Layout,
  run: RunDirectory,
  mode: GroupMode,
  { dns = 'bind', amend }: { readonly dns?: DnsPart; readonly amend?: Amend | undefined } = {},
): void {
  const secret = (name: string) => ({ file: run.file('secrets', name) });
  const sites: Member<'sites'> = SITES.map((id) => siteEntry(layout, run, id));
  const clusters: Member<'clusters'> = KAFKA_SITES.map((site) => ({
    id: clusterName(site),
    site,
    bootstrap: [siteOf(layout, site).kafka.clientAddress],
    adminBootstrap: [siteOf(layout, site).kafka.adminAddress],
    sasl: { mechanism: 'plain', username: 'signalbox', password: secret(passwordFile('signalbox')) },
    connect: connectUrl(layout, site),
  }));
  const document: Document = {
    version: 1,
    sites,
    journal: { members: Object.fromEntries(SITES.map((site) => [site, siteOf(layout, site).etcdUrl])) },
    clusters,
    flows: [flow(run, 'a', 'b'), flow(run, 'b', 'a')],
    groups: [group(layout, run, mode, dns === 'bind' ? bindProvider(layout, run) : route53Provider(layout, run))],
    policy: LAB_POLICY,
    channels: [
      // Whichever site's notifier delivers appends to the one file.
      { id: 'history', kind: 'file', path: run.file(notificationsFile) },
      { id: 'log', kind: 'log', minSeverity: 'warning' },
    ],
    api: { tokens: ROLES.map((role) => ({ name: `lab-${role}`, role, sha256: tokenHash(run, role) })) },
  };
  amend?.(document, (name, text) => ({ file: run.write(text, 'secrets', name) }));
  const text = stringify(document);
  parseTopology(text, run.write(text, configFile));
}

const clusterName = (site: KafkaSite) => `kafka-${site}`;

function siteEntry(layout: Layout, run: RunDirectory, id: LabSite): Member<'sites'>[number] {
  const { apiUrl, redisUrl, dnsAddress } = siteOf(layout, id);
  const common = {
    id,
    api: apiUrl,
    signing: {
      keyId: `${id}-1`,
      publicKey: publicKeyOf(run, id),
      privateKey: { file: run.file('secrets', signingKeyFile(id)) },
    },
    // Its own gateway, another site, and somebody outside all of them.
    anchors: [
      dnsAddress,
      siteOf(layout, id === 'w' ? 'b' : 'w').dnsAddress,
      `${layout.address('outside')}:${PORTS.anchor}`,
    ],
  };
  if (id === 'w') return { ...common, witness: true };
  const ladder = run.file(ladderFile(id));
  const fenceCommand = { close: [ladder, 'close'], open: [ladder, 'open'], status: [ladder, 'status'] };
  return { ...common, redis: redisUrl, fenceCommand };
}

function flow(run: RunDirectory, source: KafkaSite, target: KafkaSite): Member<'flows'>[number] {
  return {
    id: `${source}-to-${target}`,
    source: clusterName(source),
    target: clusterName(target),
    topics: mirroredTopics().map(({ topic }) => topic),
    policy: mirrorPolicy(),
    principal: `User:${MIRROR_PRINCIPAL[source]}`,
    driver: {
      kind: 'connect',
      ...connectorNames(source, target),
      settings: driverSettings(source, target),
      secretSettings: secretSettings(run, source),
    },
  };
}

function group(layout: Layout, run: RunDirectory, mode: GroupMode, provider: Provider): Member<'groups'>[number] {
  return {
    id: 'orders',
    pattern: 'active-passive',
    home: 'a',
    sites: [...KAFKA_SITES],
    topics: mirroredTopics().map(({ topic }) => topic),
    mode,
    fenceMode: 'strict',
    traffic: [
      {
        kind: 'dns',
        name: KAFKA_NAME,
        zone: ZONE,
        ttlSeconds: 1,
        addresses: Object.fromEntries(KAFKA_SITES.map((site) => [site, [layout.address(site)]])),
        provider,
      },
    ],
    configs: [
      {
        id: CONFIG_ID,
        target: { kind: 'directory', files: bySite((site) => clientConfigFile(run, site)) },
        data: bySite((site) => clientConfigData(layout, site)),
      },
    ],
  };
}

type Provider = NonNullable<Member<'groups'>[number]['traffic']>[number]['provider'];

const bindProvider = (layout: Layout, run: RunDirectory): Provider => ({
  kind: 'rfc2136',
  primary: siteOf(layout, 'w').dnsAddress,
  primarySite: 'w',
  secondaries: Object.fromEntries(KAFKA_SITES.map((site) => [site, siteOf(layout, site).dnsAddress])),
  tsig: {
    keyName: TSIG_KEY_NAME,
    algorithm: TSIG_ALGORITHM,
    secret: { file: run.file('secrets', tsigSecretFile) },
  },
});

const route53Provider = (layout: Layout, run: RunDirectory): Provider => ({
  kind: 'route53',
  hostedZoneId: HOSTED_ZONE_ID,
  endpoint: route53Endpoint(layout),
  nameServers: SITES.map((site) => siteOf(layout, site).dnsAddress),
  credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: { file: run.file('secrets', route53SecretFile) } },
});

const bySite = <T>(of: (site: KafkaSite) => T): Record<string, T> =>
  Object.fromEntries(KAFKA_SITES.map((site) => [site, of(site)]));
