import type { KeyRendering } from '../kubernetes.js';
import { hostAndPort } from '../lookup.js';
import { portsOf, serverList } from '../proxy-mapping.js';
import type { ProxyRendering } from '../proxy.js';
import { Endpoint } from '../scalars.js';
import type { Topology } from '../topology.js';
import { repeated, type Check } from './finding.js';
import { targetsIn, type Placed } from './placed.js';

const PORT_MAX = 65_535;
const WILDCARDS = ['0.0.0.0', '::'];

interface Proxy {
  readonly key: string;
  readonly rendering: ProxyRendering;
  /** Workloads whose pods it is in, and whether anybody restarts them. */
  readonly pods: readonly string[];
  readonly isRestarted: boolean;
  /** What it maps, by the site that is active; a site that does not say it is another check's business. */
  readonly servers: readonly (readonly [site: string, servers: string])[];
}

const isProxy = (rendering: KeyRendering): rendering is ProxyRendering =>
  rendering.as === 'kafka-proxy' || rendering.as === 'kroxylicious';

const proxiesIn = (topology: Topology): readonly Placed<Proxy>[] =>
  targetsIn(topology).flatMap(({ part: target, ...placed }) =>
    Object.entries(target.keys).flatMap(([key, rendering]) => {
      if (!isProxy(rendering)) return [];
      const servers = Object.entries(placed.config.data).flatMap(([site, data]) => {
        const text = data[rendering.setting];
        return text === undefined ? [] : [[site, text] as const];
      });
      const pods = target.workloads.map(({ kind, name }) => `${kind} ${target.namespace}/${name} at ${placed.site}`);
      const part = { key, rendering, pods, isRestarted: target.restart !== 'watch-file', servers };
      return [{ ...placed, at: [...placed.at, 'keys', key], part }];
    }),
  );

/** Written as a list of one form, it is read back as the same list. */
const serversCanBeMapped: Check = function* (topology) {
  for (const { config, at, part } of proxiesIn(topology)) {
    for (const [site, servers] of part.servers) {
      const all = serverList(servers);
      if (all.every((each) => Endpoint.safeParse(each).success) && new Set(all).size === all.length) continue;
      yield {
        at: [...at, 'setting'],
        found: `${servers}, which ${config.id} says when ${site} is active`,
        expected: 'host:port for each server, once, with a comma in between and no blank: it is mapped one by one',
      };
    }
  }
};

/** A proxy asks one of them, and believes what it hears: brokers of two clusters in one mapping are mixed up. */
const aMappingIsOfOneCluster: Check = function* (topology) {
  for (const { at, part } of proxiesIn(topology)) {
    const named = part.servers.flatMap(([site, all]) =>
      [...new Set(serverList(all))].map((value) => ({ at: [site], value })),
    );
    for (const {
      at: [site],
      value,
      first,
    } of repeated(named)) {
      const found = `${value}, which stands for ${first.at.join()} and for ${site}`;
      yield { at: [...at, 'setting'], found, expected: 'servers of one cluster: those of the site that is active' };
    }
  }
};

/** It tells clients where brokers are, in its own words: what cannot be reached there is reached by nobody. */
const clientsReachWhereItListens: Check = function* (topology) {
  for (const { at, part } of proxiesIn(topology)) {
    const { as, listen } = part.rendering;
    const { host } = hostAndPort(listen);
    const isInPod = host === 'localhost' || host === '::1' || host.startsWith('127.');
    if (as === 'kafka-proxy' ? isInPod : !WILDCARDS.includes(host)) continue;
    const expected =
      as === 'kafka-proxy'
        ? '127.0.0.1:<port>: brokers that it discovers get ports in the pod, which only a client beside it reaches'
        : 'the name that clients reach it by, for example localhost:9192: they are told this address for every broker';
    yield { at: [...at, 'listen'], found: listen, expected };
  }
};

const itsPortsAreThere: Check = function* (topology) {
  for (const { at, part } of proxiesIn(topology)) {
    const last = lastPort(part);
    if (last <= PORT_MAX) continue;
    const expected = `a lower port: it needs all up to ${last}, and ${PORT_MAX} is the last`;
    yield { at: [...at, 'listen'], found: part.rendering.listen, expected };
  }
};

const lastPort = ({ rendering, servers }: Proxy): number =>
  Math.max(...servers.map(([, each]) => portsOf(rendering, each).last), hostAndPort(rendering.listen).port);

/** One process has one mapping, so that two of them in a pod are two proxies. */
const proxiesOfAPodHaveTheirOwnPorts: Check = function* (topology) {
  const proxies = proxiesIn(topology);
  for (const [index, { at, part }] of proxies.entries()) {
    const other = proxies.slice(0, index).find((each) => isInOnePod(each.part, part) && isOnOnePort(each.part, part));
    if (other === undefined) continue;
    const { port } = hostAndPort(other.part.rendering.listen);
    const found = `${part.rendering.listen}, in a pod where ${other.part.key} takes ${port} to ${lastPort(other.part)}`;
    yield { at: [...at, 'listen'], found, expected: 'ports of its own for every proxy in a pod' };
  }
};

const isInOnePod = (one: Proxy, other: Proxy): boolean => one.pods.some((pod) => other.pods.includes(pod));

const isOnOnePort = (one: Proxy, other: Proxy): boolean =>
  hostAndPort(one.rendering.listen).port <= lastPort(other) &&
  hostAndPort(other.rendering.listen).port <= lastPort(one);

const whoMapsIsRestarted: Check = function* (topology) {
  for (const { at, part } of proxiesIn(topology)) {
    if (part.isRestarted) continue;
    const expected = `restart: reloader or annotation on the object: ${part.rendering.as} reads its mapping only when it starts`;
    yield { at: [...at, 'as'], found: `${part.rendering.as} with restart: watch-file`, expected };
  }
};

const everyBrokerHasOnePort: Check = function* (topology) {
  for (const { at, part } of proxiesIn(topology)) {
    const { rendering, servers } = part;
    if (rendering.as !== 'kroxylicious') continue;
    const ranges = rendering.nodeIds.map(({ start, end }) => `${start} to ${end}`).join(', ');
    const sorted = rendering.nodeIds.toSorted((one, other) => one.start - other.start);
    if (sorted.some(({ start, end }, index) => end < start || start <= (sorted[index - 1]?.end ?? -1))) {
      yield { at: [...at, 'nodeIds'], found: ranges, expected: 'ranges that run upwards and share no broker' };
      continue;
    }
    for (const [site, each] of servers) {
      const [brokers, ids] = [serverList(each).length, portsOf(rendering, each)];
      if (brokers <= ids.last - ids.first) continue;
      const expected = 'the ids of the brokers of every site: one without a port takes its clients no further';
      yield { at: [...at, 'nodeIds'], found: `${ranges}, and ${site} has ${brokers} servers`, expected };
    }
  }
};

/** What a proxy is told by us alone, and what it has of its own, must not be the same. */
const onlyWeSayWhereItLeads: Check = function* (topology) {
  for (const { at, part } of proxiesIn(topology)) {
    const settings = 'settings' in part.rendering ? (part.rendering.settings ?? {}) : {};
    if (!('virtualClusters' in settings)) continue;
    const expected = 'a file of its own for another virtual cluster: a mapping is of one cluster';
    yield { at: [...at, 'settings'], found: 'virtualClusters', expected };
  }
};

/** What kafka-proxy and Kroxylicious cannot do, found before a run needs it. */
export const proxyChecks: readonly Check[] = [
  serversCanBeMapped,
  aMappingIsOfOneCluster,
  clientsReachWhereItListens,
  itsPortsAreThere,
  proxiesOfAPodHaveTheirOwnPorts,
  whoMapsIsRestarted,
  everyBrokerHasOnePort,
  onlyWeSayWhereItLeads,
];
