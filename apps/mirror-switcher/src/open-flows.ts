import type { SiteId } from '#libs/domain';
import { accessTo, mannerOf, openCluster, openCopying } from '#libs/kafka';
import { readSecret, type Clock } from '#libs/runtime';
import { findCluster, flowsOf, isDrivenBy, type Cluster, type Flow, type FlowBy, type Topology } from '#libs/topology';
import { propertiesOf } from './dedicated/make.js';
import { CommandWorkers } from './dedicated/workers.js';
import type { ConnectFlow, DedicatedFlow, LocalFlow, StrimziFlow } from './mirrors.js';
import { renderConnectors } from './rendered-connectors.js';
import { mirrorMakerOf, type Environment } from './strimzi/make.js';

export type OpenFlow = LocalFlow & { readonly clusters: readonly { close(): Promise<void> }[] };

/** Of one call of those that copy: a batch may be large, and the line long. */
const COPY_TIMEOUT_MS = 10_000;

/**
 * The flows that end at a site. Opening connects to nothing: one whose source is down can still be stopped.
 * @throws SecretError
 */
export async function openFlows(
  site: SiteId,
  topology: Topology,
  clock: Clock,
  environment: Environment = {},
): Promise<readonly OpenFlow[]> {
  const opening = topology.flows.map(async (flow): Promise<OpenFlow | undefined> => {
    const [source, target] = [findCluster(topology, flow.source), findCluster(topology, flow.target)];
    if (target.site !== site) return undefined;
    const driven = await drivenBy(flow, topology, { source, target, clock, environment });
    if (driven === undefined) return undefined;
    const open = async (cluster: Cluster) => {
      const access = await accessTo(cluster, 'control', topology.policy.requestTimeoutMs);
      return { cluster: openCluster(access), copying: openCopying({ ...access, timeoutMs: COPY_TIMEOUT_MS }, clock) };
    };
    const [from, into] = [await open(source), await open(target)];
    const clients = [from, into].flatMap(({ cluster, copying }) => [cluster, copying]);
    return {
      ...driven,
      source: from.cluster.log,
      target: into.cluster.log,
      groups: { source: from.cluster.groups, target: into.cluster.groups },
      copying: { source: from.copying.log, target: into.copying.log, writer: into.copying.writer },
      clusters: 'mirrorMaker' in driven ? [...clients, driven.mirrorMaker.api] : clients,
    };
  });
  return (await Promise.all(opening)).filter((flow) => flow !== undefined);
}

interface Opening {
  readonly source: Cluster;
  readonly target: Cluster;
  readonly clock: Clock;
  readonly environment: Environment;
}

type Driven = Omit<ConnectFlow, keyof Logs> | Omit<StrimziFlow, keyof Logs> | Omit<DedicatedFlow, keyof Logs>;
type Logs = Pick<LocalFlow, 'source' | 'target' | 'groups' | 'copying'>;

async function drivenBy(flow: Flow, topology: Topology, opening: Opening): Promise<Driven | undefined> {
  if (isDrivenBy(flow, 'strimzi')) return { flow, mirrorMaker: openMirrorMaker(flow, topology, opening) };
  if (isDrivenBy(flow, 'dedicated'))
    return { flow, properties: propertiesOf(flow), workers: new CommandWorkers(flow.driver.restart) };
  if (!isDrivenBy(flow, 'connect')) return undefined;
  const { source, target } = opening;
  if (target.connect === undefined) return undefined;
  const secrets = await secretsOf(flow);
  const { topics, probeTopic, policy, driver } = flow;
  return {
    flow,
    connect: target.connect,
    rendered: renderConnectors({ topics, probeTopic, policy, settings: driver.settings, secrets }, source, target),
    secrets: Object.values(secrets),
  };
}

function openMirrorMaker(flow: FlowBy<'strimzi'>, topology: Topology, { clock, environment }: Opening) {
  const group = topology.groups.find((each) => flowsOf(topology, each).some(({ id }) => id === flow.id));
  // One of no group is looked at, and turned by nobody.
  const owner = { installation: topology.installation, group: group?.id ?? flow.id };
  const { sourceAlias } = mannerOf(flow).naming;
  const callTimeoutMs = topology.policy.requestTimeoutMs;
  return mirrorMakerOf({ driver: flow.driver, sourceAlias, owner }, { clock, callTimeoutMs, environment });
}

async function secretsOf({ id, driver }: FlowBy<'connect'>): Promise<Readonly<Record<string, string>>> {
  const reading = Object.entries(driver.secretSettings).map(
    async ([key, ref]) => [key, await readSecret(ref, `${key} of flow ${id}`)] as const,
  );
  return Object.fromEntries(await Promise.all(reading));
}
