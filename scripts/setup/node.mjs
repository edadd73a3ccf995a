import { join } from 'node:path';
import { digest, fillCache, isWhole } from './cache.mjs';
import { compile, compiledSoFar, goObstacles, place, pointsTo, sourcesOf } from './go.mjs';
import { versionFlags } from './kubernetes.mjs';

const MODULE = join(import.meta.dirname, 'node');
/** Program → the package in the module that it comes from. */
const COMPILED = { node: '.', pause: './pause' };
/** What one may call them → the program that it is. */
const CALLED = {
  kubelet: 'node',
  'kube-proxy': 'node',
  'kube-scheduler': 'node',
  pause: 'pause',
};

/**
 * What a control plane lacks to have pods: kubelet, kube-proxy and kube-scheduler, and what holds a pod's namespaces. Built from
 * source: hashes in go.sum pin all of it.
 * @param {string} cache @param {string} [after] the part that is compiled before: one compiler at a time
 * @returns {import('./parts.mjs').Part}
 */
export function node(cache, after) {
  const files = ['main.go', 'pause/main.go', 'go.sum', 'go.mod'];
  const texts = sourcesOf(MODULE, files);
  const mod = texts.at(-1) ?? '';
  const version = /k8s\.io\/kubernetes v(\S+)/.exec(mod)?.[1] ?? '';
  const name = `node-${version}`;
  const flags = versionFlags(version);
  const source = digest(...texts, flags, process.platform, process.arch);
  const links = Object.entries(CALLED).map(([called, program]) => ({
    path: join(cache, 'bin', called),
    target: join('..', name, program),
  }));
  return {
    name,
    cacheMegabytes: 5_000, // 150 MB stay, the rest is the compiler's scratch.
    ...(after && { after }),
    unit: 'programs',
    soFar: () => compiledSoFar(cache),
    isReady: () => links.every(pointsTo) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(mod, 'a node of Kubernetes'),
    make: async ({ signal }) => {
      const made = await fillCache(cache, name, { source, hashed: true }, async (folder, scratch) => {
        for (const [output, from] of Object.entries(COMPILED)) {
          const program = { module: MODULE, output, from, linkerFlags: flags, isLarge: true };
          await compile(program, folder, scratch, signal);
        }
      });
      links.forEach(place);
      return made;
    },
  };
}
