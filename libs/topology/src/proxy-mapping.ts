import { parse, stringify } from 'yaml';
import { hostAndPort } from './lookup.js';
import { portsFor, type ProxyRendering } from './proxy.js';
import { Endpoint } from './scalars.js';

type KafkaProxy = Extract<ProxyRendering, { readonly as: 'kafka-proxy' }>;
type Kroxylicious = Extract<ProxyRendering, { readonly as: 'kroxylicious' }>;

const FLAG = '--bootstrap-server-mapping=';
/** Ours, and nobody's who connects: its clients know it by its address. */
const NAME = 'signalbox';

/** The text that leads clients of a proxy to `servers`, as `bootstrap.servers` lists them. */
export const mappingText = (rendering: ProxyRendering, servers: string): string =>
  rendering.as === 'kafka-proxy' ? flagsText(rendering, servers) : fileText(rendering, servers);

/** Where a text leads; undefined when it is not what we would write, be it by a port. */
export function serversIn(rendering: ProxyRendering, text: string): string | undefined {
  const servers = rendering.as === 'kafka-proxy' ? serversInFlags(rendering, text) : serversInFile(text);
  if (servers === undefined || !serverList(servers).every((server) => Endpoint.safeParse(server).success))
    return undefined;
  return isSame(rendering, text, mappingText(rendering, servers)) ? servers : undefined;
}

/** Ports at its own address: as many as it listens on. */
export function portsOf(rendering: ProxyRendering, servers: string): { readonly first: number; readonly last: number } {
  const { port: first } = hostAndPort(rendering.listen);
  const more = rendering.as === 'kafka-proxy' ? serverList(servers).length - 1 : portsFor(rendering.nodeIds);
  return { first, last: first + more };
}

export const serverList = (servers: string): readonly string[] => servers.split(',');

function flagsText({ form, listen }: KafkaProxy, servers: string): string {
  const colon = listen.lastIndexOf(':');
  const { port } = hostAndPort(listen);
  const mappings = serverList(servers).map((server, index) => `${server},${listen.slice(0, colon)}:${port + index}`);
  return form === 'environment' ? mappings.join(' ') : mappings.map((mapping) => `${FLAG}${mapping}\n`).join('');
}

function serversInFlags({ form }: KafkaProxy, text: string): string | undefined {
  const words = wordsOf(text);
  if (form === 'flags' && !words.every((word) => word.startsWith(FLAG))) return undefined;
  const mappings = form === 'flags' ? words.map((word) => word.slice(FLAG.length)) : words;
  return mappings.length === 0 ? undefined : mappings.map((mapping) => mapping.split(',')[0]).join(',');
}

function fileText(rendering: Kroxylicious, servers: string): string {
  const { listen, nodeIds, targetTls, gatewayTls, settings } = rendering;
  const nodeIdRanges = nodeIds.map(({ start, end }, index) => ({ name: `nodes-${index}`, start, end }));
  const gateway = {
    name: 'clients',
    portIdentifiesNode: { bootstrapAddress: listen, nodeIdRanges },
    ...(gatewayTls && { tls: gatewayTls }),
  };
  const targetCluster = { bootstrapServers: servers, ...(targetTls && { tls: targetTls }) };
  return stringify({ ...settings, virtualClusters: [{ name: NAME, targetCluster, gateways: [gateway] }] });
}

function serversInFile(text: string): string | undefined {
  const found = parsed(text) as { virtualClusters?: { targetCluster?: { bootstrapServers?: unknown } }[] } | null;
  const servers = Array.isArray(found?.virtualClusters)
    ? found.virtualClusters[0]?.targetCluster?.bootstrapServers
    : undefined;
  return typeof servers === 'string' ? servers : undefined;
}

/** How it is broken into lines, and a comment, make no difference to a proxy. */
const isSame = ({ as }: ProxyRendering, text: string, ours: string): boolean =>
  as === 'kafka-proxy'
    ? wordsOf(text).join(' ') === wordsOf(ours).join(' ')
    : inOrder(parsed(text)) === inOrder(parsed(ours));

const inOrder = (found: unknown): string =>
  stringify(found, { sortMapEntries: true, aliasDuplicateObjects: false }) ?? '';

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
