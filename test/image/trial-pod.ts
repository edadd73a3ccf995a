import { join } from 'node:path';
import { findHelm, render } from '../chart/helm.js';
import { podOf, type PodSpec } from '../chart/restricted.js';
import { TRIAL_TOPOLOGY } from './trial-secrets.js';

const SITE = 'a';
const TOPOLOGY_FILE = '/etc/signalbox/signalbox.yaml';

/** The environment that a process gets from its pod, but for where it listens: all containers share this machine's network. */
export const envAt = (port: number): readonly string[] =>
  [
    `SIGNALBOX_CONFIG=${TOPOLOGY_FILE}`,
    `SIGNALBOX_SITE=${SITE}`,
    `SIGNALBOX_LISTEN=127.0.0.1:${port}`,
    'LOG_LEVEL=warn',
  ].flatMap((variable) => ['--env', variable]);

/**
 * The files that a process gets from its pod, and no others: where there is a Helm, those that the chart mounts, else all.
 * `folder` has one for each path that the example names.
 */
export function mountsOf(app: string, folder: string): readonly string[] {
  const secrets = findHelm() ? secretFilesOf(podFor(app)) : ['/run/secrets'];
  return [
    `${TRIAL_TOPOLOGY}:${TOPOLOGY_FILE}:ro`,
    ...secrets.map((path) => `${join(folder, path)}:${path}:ro`),
  ].flatMap((mount) => ['--volume', mount]);
}

let pods: ReadonlyMap<string, PodSpec> | undefined;

function podFor(app: string): PodSpec {
  pods ??= new Map(render([`site-${SITE}`]).flatMap((each) => entriesOf(podOf(each))));
  const pod = pods.get(app);
  if (!pod) throw new Error(`the chart has no pod for ${app}`);
  return pod;
}

const entriesOf = (pod: PodSpec | undefined): readonly (readonly [string, PodSpec])[] =>
  pod?.containers.map(({ name }) => [name, pod] as const) ?? [];

function secretFilesOf({ volumes = [], containers }: PodSpec): readonly string[] {
  const mounts = containers[0]?.volumeMounts ?? [];
  return volumes.flatMap(({ name, secret }) => {
    const at = mounts.find((mount) => mount.name === name)?.mountPath ?? '';
    return (secret?.items ?? []).map(({ path }) => join(at, path));
  });
}
