import { join } from 'node:path';
import { digest, fillCache, isWhole } from './cache.mjs';
import { compile, compiledSoFar, goObstacles, place, pointsTo, sourcesOf } from './go.mjs';

const MODULE = join(import.meta.dirname, 'etcd');

/** The etcd server, built from source: hashes in go.sum pin all of it. @param {string} cache @returns {import('./parts.mjs').Part} */
export function etcd(cache) {
  const [main = '', sum = '', mod = ''] = sourcesOf(MODULE, ['main.go', 'go.sum', 'go.mod']);
  const version = /etcd\/server\/v3 v(\S+)/.exec(mod)?.[1];
  const name = `etcd-${version}`;
  const source = digest(main, sum, mod, process.platform, process.arch);
  const link = { path: join(cache, 'bin', 'etcd'), target: join('..', name, 'etcd') };
  return {
    name,
    cacheMegabytes: 900, // 27 MB stay, the rest is the compiler's scratch.
    unit: 'program',
    soFar: () => compiledSoFar(cache),
    isReady: () => pointsTo(link) && isWhole(join(cache, name), source),
    obstacles: () => goObstacles(mod, 'etcd'),
    make: async ({ signal }) => {
      const made = await fillCache(cache, name, { source, hashed: true }, (folder, scratch) =>
        compile({ module: MODULE, output: 'etcd' }, folder, scratch, signal),
      );
      place(link);
      return made;
    },
  };
}
