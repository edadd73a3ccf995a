import { join } from 'node:path';
import { digest, fillCache, isWhole } from './cache.mjs';
import { compile, compiledSoFar, goObstacles, place, pointsTo, sourcesOf } from './go.mjs';

const MODULE = join(import.meta.dirname, 'containerd');
const PROGRAMS = ['containerd', 'containerd-shim-runc-v2', 'ctr'];
/** Storage that the lab does not use, and that takes C to compile. */
const WITHOUT = 'no_btrfs,no_devmapper,no_zfs';

/**
 * What runs a node's containers, built from source: hashes in go.sum pin all of it.
 * @param {string} cache @param {string} [after] the part that is compiled before: one compiler at a time
 * @returns {import('./parts.mjs').Part}
 */
export function containerd(cache, after) {
  const [mod = '', sum = ''] = sourcesOf(MODULE, ['go.mod', 'go.sum']);
  const version = /containerd\/v2 v(\S+)/.exec(mod)?.[1] ?? '';
  const name = `containerd-${version}`;
  const flags = `-X github.com/containerd/containerd/v2/version.Version=v${version}`;
  const source = digest(sum, mod, flags, WITHOUT, process.platform, process.arch);
  const links = PROGRAMS.map((program) => ({
    path: join(cache, 'bin', program),
    target: join('..', name, program),
  }));
  return {
    name,
    cacheMegabytes: 1_200, // 90 MB stay, the rest is the compiler's scratch.
    ...(after && { after }),
    unit: 'programs',
    soFar: () => compiledSoFar(cache),
    isReady: () => links.every(pointsTo) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(mod, 'containerd'),
    make: async ({ signal }) => {
      const made = await fillCache(cache, name, { source, hashed: true }, async (folder, scratch) => {
        for (const program of PROGRAMS) {
          const from = `github.com/containerd/containerd/v2/cmd/${program}`;
          const wanted = { module: MODULE, output: program, from, linkerFlags: flags, tags: WITHOUT, isLarge: true };
          await compile(wanted, folder, scratch, signal);
        }
      });
      links.forEach(place);
      return made;
    },
  };
}
