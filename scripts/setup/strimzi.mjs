import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest, fillCache, filledSoFar, isWhole } from './cache.mjs';
import { execute } from './execute.mjs';
import { findProgram } from './programs.mjs';

const POM = join(import.meta.dirname, 'strimzi', 'pom.xml');
const MODEL = 'io.strimzi.api.kafka.model';
/** By the name of its file. */
const KINDS = {
  kafkamirrormaker2s: `${MODEL}.mirrormaker2.KafkaMirrorMaker2`,
  kafkaconnectors: `${MODEL}.connector.KafkaConnector`,
  kafkausers: `${MODEL}.user.KafkaUser`,
};
/** The versions that a cluster serves, by what they are called here; the first one is stored. */
const SHAPES = { both: ['v1beta2', 'v1'], 'v1-only': ['v1'] };

/** Strimzi's resource definitions, with their schemas. @param {string} cache @returns {import('./parts.mjs').Part} */
export function strimzi(cache) {
  const pom = readFileSync(POM, 'utf8');
  const version = /<api\.version>(.+)<\/api\.version>/.exec(pom)?.[1];
  const name = `strimzi-${version}`;
  const source = digest(pom, JSON.stringify([KINDS, SHAPES]));
  return {
    name,
    cacheMegabytes: 40, // Mostly jars that are thrown away.
    after: 'system packages', // Java and Maven.
    unit: 'files',
    soFar: () => filledSoFar(cache, name),
    isReady: () => isWhole(join(cache, name), source),
    obstacles: () => [],
    make: ({ signal }) =>
      fillCache(cache, name, { source }, async (folder, scratch) => {
        const jars = join(scratch, 'jars');
        mkdirSync(jars);
        const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
        await execute(findProgram('mvn') ?? 'mvn', ['--batch-mode', '--quiet', '--file', POM, ...goal], { signal });
        for (const [shape, versions] of Object.entries(SHAPES)) await generate(jars, folder, shape, versions, signal);
      }),
  };
}

/** @param {string} jars @param {string} folder @param {string} shape @param {string[]} versions @param {AbortSignal} signal */
async function generate(jars, folder, shape, versions, signal) {
  const options = {
    'target-kube': '1.30+',
    'crd-api-version': 'v1',
    'api-versions': versions.join(','),
    'storage-version': versions[0] ?? '',
  };
  const kinds = Object.entries(KINDS).map(([kind, model]) => `${model}=${join(folder, `${shape}.${kind}.yaml`)}`);
  const args = ['-cp', join(jars, '*'), 'io.strimzi.crdgenerator.CrdGenerator'];
  const flags = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
  await execute('java', [...args, ...flags, '--yaml', ...kinds], { signal });
}
