import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parse } from 'yaml';
import { chartValuesSchema } from '#libs/topology';
import { contentOf, ROOT } from '../architecture/checkout.js';
import { chartReadme } from './chart-readme.js';

export const CHART = 'helm/signalbox';
const EXAMPLE = 'docs/examples/two-sites-and-witness.yaml';

/**
 * What of the chart follows from elsewhere, by its path in the chart. Helm reads nothing outside a chart, so it has
 * copies; `npm run chart` writes them, and a test holds them to this.
 */
export function chartFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['values.schema.json', chartValuesSchema()],
    ['README.md', chartReadme(contentOf(`${CHART}/values.yaml`), contentOf(`${CHART}/Chart.yaml`))],
    ['files/alerts.yaml', contentOf('observability/alerts.yaml')],
    ...readdirSync(`${ROOT}/observability/dashboards`).map((name): [string, string] => [
      `files/dashboards/${name}`,
      contentOf(`observability/dashboards/${name}`),
    ]),
    ['ci/topology.yaml', exampleValues(contentOf(EXAMPLE))],
  ]);
}

/** The example as values: what every value set of ci/ begins with. */
function exampleValues(example: string): string {
  const folders = [...new Set(filesBelow(parse(example)).map(dirname))].toSorted();
  return [
    '# The topology of docs/examples, and Secrets for the folders that it names. Written by `npm run chart`.',
    'secretFolders:',
    ...folders.map((folder) => `  ${folder}: ${basename(folder)}`),
    'topology:',
    ...example
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `  ${line}`)),
    '',
  ].join('\n');
}

/** Every `{ file: … }` below a value. */
export function filesBelow(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'file' && typeof first[1] === 'string') return [first[1]];
  return entries.flatMap(([, inside]) => filesBelow(inside));
}
