import { join } from 'node:path';
import { digest, fillCache, isWhole } from './cache.mjs';
import { compile, compiledSoFar, goObstacles, place, pointsTo, sourcesOf } from './go.mjs';

const MODULE = join(import.meta.dirname, 'kubernetes');
/** What the one program is called as. */
const CALLED = ['kube-apiserver', 'kube-controller-manager', 'kubectl'];
const VERSION_PACKAGE = 'k8s.io/component-base/version';

/**
 * The control plane of Kubernetes and kubectl, built from source: hashes in go.sum pin all of it.
 * @param {string} cache @param {string} [after] the part that is compiled before: one compiler at a time
 * @returns {import('./parts.mjs').Part}
 */
export function kubernetes(cache, after) {
  const [main = '', sum = '', mod = ''] = sourcesOf(MODULE, ['main.go', 'go.sum', 'go.mod']);
  const version = /k8s\.io\/kubernetes v(\S+)/.exec(mod)?.[1] ?? '';
  const name = `kubernetes-${version}`;
  const flags = versionFlags(version);
  const source = digest(main, sum, mod, flags, process.platform, process.arch);
  const links = CALLED.map((called) => ({
    path: join(cache, 'bin', called),
    target: join('..', name, 'kubernetes'),
  }));
  return {
    name,
    cacheMegabytes: 6_500, // 126 MB stay, the rest is the compiler's scratch.
    ...(after && { after }),
    unit: 'program',
    soFar: () => compiledSoFar(cache),
    isReady: () => links.every(pointsTo) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(mod, 'Kubernetes'),
    make: async ({ signal }) => {
      const program = { module: MODULE, output: 'kubernetes', linkerFlags: flags, isLarge: true };
      const made = await fillCache(cache, name, { source, hashed: true }, (folder, scratch) =>
        compile(program, folder, scratch, signal),
      );
      links.forEach(place);
      return made;
    },
  };
}

/** Charts ask the server which version it is, and a node says its own. @param {string} version */
export function versionFlags(version) {
  const [major, minor] = version.split('.');
  const said = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(said)
    .map(([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`)
    .join(' ');
}
