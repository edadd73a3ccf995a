import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { digest, fillCache, filledSoFar, isWhole } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

const SOURCES = join(import.meta.dirname, 'kroxylicious');
const POM = join(SOURCES, 'pom.xml');
const MAIN = join(SOURCES, 'RunProxy.java');

/**
 * A real proxy for Kafka, as a sidecar of clients runs one.
 * @param {string} cache @param {string} after what has to be there before: Maven, and that it works for nobody else
 * @returns {import('./parts.mjs').Part}
 */
export function kroxylicious(cache, after) {
  const pom = readFileSync(POM, 'utf8');
  const version = /<kroxylicious\.version>(.+)<\/kroxylicious\.version>/.exec(pom)?.[1];
  const name = `kroxylicious-${version}`;
  const source = digest(pom, readFileSync(MAIN));
  return {
    name,
    cacheMegabytes: 60,
    after,
    unit: 'jars',
    soFar: () => filledSoFar(cache, name),
    isReady: () => isWhole(join(cache, name), source),
    obstacles: () => [], // Java and Maven are Debian packages: packages.mjs speaks for them.
    make: ({ signal }) =>
      fillCache(cache, name, { source }, async (folder) => {
        const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
        await execute(findProgram('mvn') ?? 'mvn', ['--batch-mode', '--quiet', '--file', POM, ...goal], { signal });
        const jars = readdirSync(folder).map((file) => join(folder, file));
        const compiler = jars.find((jar) => basename(jar).startsWith('ecj-')) ?? 'ecj.jar';
        const options = ['-17', '-nowarn', '-classpath', jars.join(delimiter), '-d', folder];
        await execute('java', ['-jar', compiler, ...options, MAIN], { signal });
        rmSync(compiler);
      }),
  };
}
