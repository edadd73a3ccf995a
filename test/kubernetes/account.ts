import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import type { Loose } from '../support/broken-topology.js';
import { RELEASE } from './helm.js';

/** Writes a kubeconfig of the ServiceAccount that the chart made for `app` into `folder`, and says where. */
export async function kubeconfigOf(plane: ControlPlane, app: string, folder: string): Promise<string> {
  const config = parse(readFileSync(plane.kubeconfig, 'utf8')) as Loose;
  const token = await plane.must(['create', 'token', `${RELEASE}-${app}`, '--namespace', RELEASE]);
  config.users = config.users.map(({ name }: Loose) => ({ name, user: { token: token.trim() } }));
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, stringify(config));
  return file;
}
