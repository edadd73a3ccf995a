import { siteId, type FencedResource, type ResourceRef } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { loadTopology, strimziConnectors } from '#libs/topology';
import { mirrors } from '../../apps/mirror-switcher/src/mirrors.js';
import { openFlows, type OpenFlow } from '../../apps/mirror-switcher/src/open-flows.js';
import { connectorNames } from '../lab/flow.js';
import { createIdentities } from '../lab/identities.js';
import { list } from '../lab/kubernetes/definitions.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { connectorObjects, connectorsDriver } from '../lab/kubernetes/strimzi-connectors.js';
import {
  mirrorName,
  mirrorObjects,
  STRIMZI_STEP_TIMEOUT_MS,
  strimziDriver,
  type MirrorPlace,
} from '../lab/kubernetes/strimzi-mirrors.js';
import type { Lab } from '../lab/lab.js';
import { KAFKA_SITES, type KafkaSite } from '../lab/layout.js';
import { writeTopology } from '../lab/topology-file.js';
import type { Loose } from '../support/broken-topology.js';

/** By which resources Strimzi's users run a direction, and how it is played with them. */
export interface PlayedForm {
  readonly kind: string;
  /** The site that serves at first: where the form before left it. */
  readonly from: KafkaSite;
  readonly to: KafkaSite;
  readonly namespaceOf: (target: KafkaSite) => string;
  readonly objects: (place: MirrorPlace, source: KafkaSite, target: KafkaSite) => object[];
  readonly driver: (source: KafkaSite, target: KafkaSite) => object;
  /** Of the resource with the source connector. */
  readonly pathOf: (source: KafkaSite, target: KafkaSite) => string;
  /** As somebody would set its spec who knows nothing of Signalbox. */
  readonly setRunning: (spec: Loose) => void;
  /** Names at Connect of the source connector, and of one that was there before and that nobody names any more. */
  readonly connector: string;
  readonly before: string;
}

const path = (namespace: string, object: string): string =>
  `/apis/kafka.strimzi.io/v1/namespaces/${namespace}/${object}`;

/** Each in namespaces of its own, on the same workers: the second begins when the first is gone. */
export const FORMS: readonly PlayedForm[] = [
  {
    kind: 'KafkaMirrorMaker2',
    from: 'a',
    to: 'b',
    namespaceOf: (target) => `kafka-${target}`,
    objects: mirrorObjects,
    driver: strimziDriver,
    pathOf: (source, target) => path(`kafka-${target}`, `kafkamirrormaker2s/${mirrorName(source, target)}`),
    setRunning: ({ mirrors: [mirror] }) => void (mirror.sourceConnector.state = 'running'),
    connector: strimziConnectors('a', 'b').source,
    before: connectorNames('a', 'b').source,
  },
  {
    kind: 'KafkaConnector',
    from: 'b',
    to: 'a',
    namespaceOf: (target) => `connect-${target}`,
    objects: connectorObjects,
    driver: connectorsDriver,
    pathOf: (source, target) =>
      path(`connect-${target}`, `kafkaconnectors/${connectorsDriver(source, target).connectors.source}`),
    setRunning: (spec) => void (spec.state = 'running'),
    connector: connectorsDriver('b', 'a').connectors.source,
    before: strimziConnectors('b', 'a').source,
  },
];

/** Both directions in one cluster, each in a namespace of its own. */
export async function applyMirrors(plane: ControlPlane, { layout, run }: Lab, form: PlayedForm): Promise<void> {
  for (const site of KAFKA_SITES) await plane.must(['create', 'namespace', form.namespaceOf(site)]);
  const objects = KAFKA_SITES.flatMap((target) =>
    form.objects({ layout, run, namespace: form.namespaceOf(target) }, target === 'a' ? 'b' : 'a', target),
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
  form: PlayedForm,
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
        ...form.driver(source, target),
        access: { kubeconfig: { file: plane.kubeconfig } },
        namespace: form.namespaceOf(target),
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
