import { siteId, type FencedResource, type ResourceRef } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { mirrors } from '../../apps/mirror-switcher/src/mirrors.js';
import { openFlows, type OpenFlow } from '../../apps/mirror-switcher/src/open-flows.js';
import { createIdentities } from '../lab/identities.js';
import { list } from '../lab/kubernetes/definitions.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import {
  mirrorName,
  mirrorObjects,
  STRIMZI_STEP_TIMEOUT_MS,
  strimziDriver,
} from '../lab/kubernetes/strimzi-mirrors.js';
import type { Lab } from '../lab/lab.js';
import { KAFKA_SITES, type KafkaSite } from '../lab/layout.js';
import { writeTopology } from '../lab/topology-file.js';
import type { Loose } from '../support/broken-topology.js';

export const namespaceOf = (target: KafkaSite): string => `kafka-${target}`;
export const pathOf = (source: KafkaSite, target: KafkaSite): string =>
  `/apis/kafka.strimzi.io/v1/namespaces/${namespaceOf(target)}/kafkamirrormaker2s/${mirrorName(source, target)}`;

/** Both directions in one cluster, each in a namespace of its own. */
export async function applyMirrors(plane: ControlPlane, { layout, run }: Lab): Promise<void> {
  for (const site of KAFKA_SITES) await plane.must(['create', 'namespace', namespaceOf(site)]);
  const objects = KAFKA_SITES.flatMap((target) =>
    mirrorObjects({ layout, run, namespace: namespaceOf(target) }, target === 'a' ? 'b' : 'a', target),
  );
  await plane.must(['create', '--validate=strict', '--filename', '-'], { input: list(objects) });
}

export interface TurnedFlows {
  readonly find: (ref: ResourceRef) => FencedResource<unknown>;
  close(): Promise<void>;
}

/** The resources of both directions, as the mirror-switchers of their sites make them from signalbox.yaml. */
export async function turnedFlows(
  plane: ControlPlane,
  lab: Lab,
  clock: Clock,
  callTimeoutMs: number,
): Promise<TurnedFlows> {
  createIdentities(lab.run);
  const amend = (document: Loose) => {
    document.policy = { ...document.policy, stepTimeoutMs: STRIMZI_STEP_TIMEOUT_MS };
    for (const flow of document.flows) {
      const [source, target] = [flow.source, flow.target].map((id) => id.replace('kafka-', '')) as [
        KafkaSite,
        KafkaSite,
      ];
      flow.driver = {
        ...strimziDriver(source, target),
        access: { kubeconfig: { file: plane.kubeconfig } },
        namespace: namespaceOf(target),
        connect: lab.site(target).connectUrl,
      };
    }
  };
  writeTopology(lab.layout, lab.run, 'observe', { amend });
  const topology = await loadTopology(lab.configFile, siteId('a'));
  const opening = KAFKA_SITES.map((site) => openFlows(siteId(site), topology, clock));
  const flows: readonly OpenFlow[] = (await Promise.all(opening)).flat();
  const resolve = mirrors(flows, callTimeoutMs, clock);
  return {
    find: (ref) => {
      const resource = resolve(ref);
      if (!resource) throw new Error(`no flow that ends here is ${JSON.stringify(ref)}`);
      return resource;
    },
    close: async () => {
      await Promise.all(flows.flatMap(({ clusters }) => clusters.map((each) => each.close())));
    },
  };
}
