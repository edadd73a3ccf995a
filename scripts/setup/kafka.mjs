import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest, fillCache, filledSoFar, isWhole } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

const POM = join(import.meta.dirname, 'kafka', 'pom.xml');

/** The jars of a broker, a Connect worker and MirrorMaker 2. @param {string} cache @returns {import('./parts.mjs').Part} */
export function kafka(cache) {
  const pom = readFileSync(POM, 'utf8');
  const version = /<kafka\.version>(.+)<\/kafka\.version>/.exec(pom)?.[1];
  const name = `kafka-${version}`;
  const source = digest(pom);
  return {
    name,
    cacheMegabytes: 80,
    after: 'system packages', // Java and Maven.
    unit: 'jars',
    soFar: () => filledSoFar(cache, name),
    isReady: () => isWhole(join(cache, name), source),
    obstacles: () => [], // Java and Maven are Debian packages: packages.mjs speaks for them.
    make: ({ signal }) =>
      fillCache(cache, name, { source }, async (folder) => {
        const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
        await execute(findProgram('mvn') ?? 'mvn', ['--batch-mode', '--quiet', '--file', POM, ...goal], { signal });
      }),
  };
}
