import { join } from 'node:path';
import { digest, fillCache, isWhole } from './cache.mjs';
import { compile, compiledSoFar, goObstacles, place, pointsTo, sourcesOf } from './go.mjs';

const MODULE = join(import.meta.dirname, 'coredns');

/**
 * What knows a cluster's services by name, built from source: hashes in go.sum pin all of it.
 * @param {string} cache @param {string} [after] the part that is compiled before: one compiler at a time
 * @returns {import('./parts.mjs').Part}
 */
export function coredns(cache, after) {
  const [main = '', sum = '', mod = ''] = sourcesOf(MODULE, ['main.go', 'go.sum', 'go.mod']);
  const version = /coredns\/coredns v(\S+)/.exec(mod)?.[1];
  const name = `coredns-${version}`;
  const source = digest(main, sum, mod, process.platform, process.arch);
  const link = { path: join(cache, 'bin', 'coredns'), target: join('..', name, 'coredns') };
  return {
    name,
    cacheMegabytes: 1_500, // 50 MB stay, the rest is the compiler's scratch.
    ...(after && { after }),
    unit: 'program',
    soFar: () => compiledSoFar(cache),
    isReady: () => pointsTo(link) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(mod, 'CoreDNS'),
    make: async ({ signal }) => {
      const program = { module: MODULE, output: 'coredns', isLarge: true };
      const made = await fillCache(cache, name, { source, hashed: true }, (folder, scratch) =>
        compile(program, folder, scratch, signal),
      );
      place(link);
      return made;
    },
  };
}
