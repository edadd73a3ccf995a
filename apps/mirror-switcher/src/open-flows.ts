import type { SiteId } from '#libs/domain';
import { accessTo, openCluster, type KafkaCluster } from '#libs/kafka';
import { readSecret } from '#libs/runtime';
import { findCluster, type Cluster, type Flow, type Topology } from '#libs/topology';
import type { LocalFlow } from './mirrors.js';
import { renderConnectors } from './rendered-connectors.js';

export type OpenFlow = LocalFlow & { readonly clusters: readonly KafkaCluster[] };

/**
 * The flows that end at a site. Opening connects to nothing: one whose source is down can still be stopped.
 * @throws SecretError
 */
export async function openFlows(site: SiteId, topology: Topology): Promise<readonly OpenFlow[]> {
  const opening = topology.flows.map(async (flow): Promise<OpenFlow | undefined> => {
    const [source, target] = [findCluster(topology, flow.source), findCluster(topology, flow.target)];
    if (target.site !== site || target.connect === undefined) return undefined;
    const open = async (cluster: Cluster) =>
      openCluster(await accessTo(cluster, 'control', topology.policy.requestTimeoutMs));
    const [from, into] = [await open(source), await open(target)];
    const secrets = await secretsOf(flow);
    const { topics, policy, driver } = flow;
    return {
      flow,
      connect: target.connect,
      source: from.log,
      target: into.log,
      clusters: [from, into],
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
