import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest, fillCache, filledSoFar, isWhole } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

const POM = join(import.meta.dirname, 'kafka', 'pom.xml');

/** What has to work with the last of the 3.x releases, too, is tried with it. */
export const OLDER_KAFKA = '3.9.2';

/**
 * The jars of a broker, a Connect worker and MirrorMaker 2.
 * @param {string} cache @param {string} [older] another version than the one that everything runs with
 * @returns {import('./parts.mjs').Part}
 */
export function kafka(cache, older) {
  const pom = readFileSync(POM, 'utf8');
  const version = older ?? /<kafka\.version>(.+)<\/kafka\.version>/.exec(pom)?.[1];
  const name = `kafka-${version}`;
  const source = digest(pom + (older ?? ''));
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
        if (older !== undefined) goal.push(`-Dkafka.version=${older}`);
        await execute(findProgram('mvn') ?? 'mvn', ['--batch-mode', '--quiet', '--file', POM, ...goal], { signal });
      }),
  };
}
