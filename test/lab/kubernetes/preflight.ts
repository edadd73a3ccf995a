import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { ETCD, HELM, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBECTL } from '../cache.js';
import { onPath } from '../preflight.js';

/** What no control plane can be started without, and is not here; `npm run test:kubernetes` makes what it can. */
export function missingForKubernetes(): string[] {
  if (process.platform !== 'linux') return [`Linux: this is ${process.platform}`];
  const programs = ['setpriv', 'openssl'].filter((program) => !onPath(program));
  return [...programs, ...absent([ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBECTL])];
}

/** The versions of Helm that are not here. */
export const missingForHelm = (): string[] => absent(Object.values(HELM));

const absent = (paths: readonly string[]): string[] =>
  paths.filter((path) => !existsSync(path)).map((path) => basename(path));
