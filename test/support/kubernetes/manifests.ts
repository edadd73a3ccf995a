import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Loose } from '../broken-topology.js';

const FOLDER = new URL('../../../../docs/examples/kubernetes/', import.meta.url);
export const MANIFESTS = ['kroxylicious', 'kafka-proxy', 'reloader'] as const;
export type Manifest = (typeof MANIFESTS)[number];

/** The objects of a documented manifest, as loose data. */
export const documented = (name: Manifest): Loose[] =>
  parseAllDocuments(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8')).map((document): Loose => document.toJS());

/** Of one kind. */
export const ofKind = (objects: readonly Loose[], kind: string): Loose =>
  objects.find((object: Loose) => object.kind === kind);

export interface BehindProxy {
  readonly namespace: string;
  readonly name: string;
  readonly map: string;
  /** What the proxy reads at first. */
  readonly text: string;
}

/** The documented clients of Kroxylicious, one pod at a time, as `kubectl apply` takes them. */
export function behindProxy({ namespace, name, map, text }: BehindProxy): string {
  const objects = documented('kroxylicious');
  const [config, deployment] = [ofKind(objects, 'ConfigMap'), ofKind(objects, 'Deployment')];
  for (const [object, called] of [
    [config, map],
    [deployment, name],
  ])
    Object.assign(object.metadata, { namespace, name: called });
  config.data = { 'config.yaml': text };
  deployment.metadata.annotations = { 'configmap.reloader.stakater.com/reload': map };
  deployment.spec.template.spec.volumes = [{ name: 'proxy', configMap: { name: map } }];
  // Two pods would share the ports of one machine.
  Object.assign(deployment.spec, { replicas: 1, strategy: { type: 'Recreate' } });
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
