import { describe } from '@jest/globals';
import { clock } from '../lab/condition.js';
import type { KafkaSite } from '../lab/layout.js';
import { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';
import { missingForNode } from '../lab/kubernetes/node/preflight.js';
import { missingForHelm } from '../lab/kubernetes/preflight.js';

export const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

/** Tests with pods. Where no node can be, they count as skipped, and why is said. */
export function describeOnNode(name: string, body: () => void): void {
  const missing = [...missingForNode(), ...missingForHelm()];
  if (missing.length > 0) say(`skipped, "${name}": missing ${missing.join(', ')}`);
  (missing.length === 0 ? describe : describe.skip)(name, body);
}

/** A site with a node that says what is waited for. */
export const startSite = (site: KafkaSite, images: readonly string[]): Promise<KubernetesSite> =>
  timed(`site ${site} with a node`, () => KubernetesSite.start({ site, images, say }));

export async function timed<T>(what: string, work: () => Promise<T> | T): Promise<T> {
  const startedAt = clock.monotonicMs();
  const done = await work();
  say(`${what}: ${((clock.monotonicMs() - startedAt) / 1_000).toFixed(1)} s`);
  return done;
}
