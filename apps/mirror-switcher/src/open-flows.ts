import type { SiteId } from '#libs/domain';
import { accessTo, openCluster, openCopying } from '#libs/kafka';
import { readSecret, type Clock } from '#libs/runtime';
import { findCluster, type Cluster, type Flow, type Topology } from '#libs/topology';
import type { LocalFlow } from './mirrors.js';
import { renderConnectors } from './rendered-connectors.js';

export type OpenFlow = LocalFlow & { readonly clusters: readonly { close(): Promise<void> }[] };

/** Of one call of those that copy: a batch may be large, and the line long. */
const COPY_TIMEOUT_MS = 10_000;

/**
 * The flows that end at a site. Opening connects to nothing: one whose source is down can still be stopped.
 * @throws SecretError
 */
export async function openFlows(site: SiteId, topology: Topology, clock: Clock): Promise<readonly OpenFlow[]> {
  const opening = topology.flows.map(async (flow): Promise<OpenFlow | undefined> => {
    const [source, target] = [findCluster(topology, flow.source), findCluster(topology, flow.target)];
    if (target.site !== site || target.connect === undefined) return undefined;
    const open = async (cluster: Cluster) => {
      const access = await accessTo(cluster, 'control', topology.policy.requestTimeoutMs);
      return { cluster: openCluster(access), copying: openCopying({ ...access, timeoutMs: COPY_TIMEOUT_MS }, clock) };
    };
    const [from, into] = [await open(source), await open(target)];
    const secrets = await secretsOf(flow);
    const { topics, policy, driver } = flow;
    return {
      flow,
      connect: target.connect,
      source: from.cluster.log,
      target: into.cluster.log,
      copying: { source: from.copying.log, target: into.copying.log, writer: into.copying.writer },
      clusters: [from, into].flatMap(({ cluster, copying }) => [cluster, copying]),
      rendered: renderConnectors({ topics, policy, settings: driver.settings, secrets }, source, target),
      secrets: Object.values(secrets),
    };
  });
  return (await Promise.all(opening)).filter((flow) => flow !== undefined);
}

async function secretsOf({ id, driver }: Flow): Promise<Readonly<Record<string, string>>> {
  const reading = Object.entries(driver.secretSettings).map(
    async ([key, ref]) => [key, await readSecret(ref, `${key} of flow ${id}`)] as const,
  );
  return Object.fromEntries(await Promise.all(reading));
}
