import { join } from 'node:path';
import { digest, fillCache, isWhole } from './cache.mjs';
import { compile, compiledSoFar, goObstacles, place, pointsTo, sourcesOf } from './go.mjs';

const MODULE = join(import.meta.dirname, 'helm');

/**
 * Both major versions of Helm that people use, built from source: they write an upgrade in different ways, and a switched
 * value has to stay with either. Hashes in go.sum pin all of it.
 * @param {string} cache @param {string} [after] the part that is compiled before: one compiler at a time
 * @returns {import('./parts.mjs').Part}
 */
export function helm(cache, after) {
  const [mod = '', sum = ''] = sourcesOf(MODULE, ['go.mod', 'go.sum']);
  const versions = [...mod.matchAll(/^\s*helm\.sh\/helm\/v(\d) v(\S+)/gm)].map(([, major = '', version = '']) => ({
    program: `helm${major}`,
    from: `helm.sh/helm/v${major}/cmd/helm`,
    flags: linkerFlags(major, version, mod),
    version,
  }));
  const name = `helm-${versions.map(({ version }) => version).join('-')}`;
  const source = digest(sum, mod, ...versions.map(({ flags }) => flags), process.platform, process.arch);
  const links = versions.map(({ program }) => ({
    path: join(cache, 'bin', program),
    target: join('..', name, program),
  }));
  return {
    name,
    cacheMegabytes: 1_800, // 130 MB stay, the rest is the compiler's scratch.
    ...(after && { after }),
    unit: 'programs',
    soFar: () => compiledSoFar(cache),
    isReady: () => links.every(pointsTo) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(mod, 'Helm'),
    make: async ({ signal }) => {
      const made = await fillCache(cache, name, { source, hashed: true }, async (folder, scratch) => {
        for (const { program, from, flags } of versions) {
          const wanted = { module: MODULE, output: program, from, linkerFlags: flags, isLarge: true };
          await compile(wanted, folder, scratch, signal);
        }
      });
      links.forEach(place);
      return made;
    },
  };
}

/**
 * As Helm's own releases: its version, and the Kubernetes that charts are rendered for where no server is asked. Helm 4
 * finds the latter out by itself.
 * @param {string} major @param {string} version @param {string} mod text of go.mod
 */
function linkerFlags(major, version, mod) {
  const helm = `helm.sh/helm/v${major}`;
  const minor = /k8s\.io\/client-go v0\.(\d+)/.exec(mod)?.[1];
  const kubernetes = ['pkg/chartutil', 'pkg/lint/rules'].flatMap((folder) => [
    `${helm}/${folder}.k8sVersionMajor=1`,
    `${helm}/${folder}.k8sVersionMinor=${minor}`,
  ]);
  const said = [`${helm}/internal/version.version=v${version}`, ...(major === '3' ? kubernetes : [])];
  return said.map((assignment) => `-X ${assignment}`).join(' ');
}
