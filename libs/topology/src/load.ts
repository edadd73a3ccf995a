import { readFile } from 'node:fs/promises';
import type { SiteId } from '#libs/domain';
import { parseTopology } from './parse.js';
import { TopologyError } from './problem.js';
import type { Topology } from './topology.js';

/**
 * Reads, parses and checks signalbox.yaml, and that the process's own site is in it.
 * @throws TopologyError with every problem at once.
 */
export async function loadTopology(path: string, here?: SiteId): Promise<Topology> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const problem = { path: '', found: `no readable file (${codeOf(error)})`, expected: 'a signalbox.yaml there' };
    throw new TopologyError(path, [problem], { cause: error });
  });
  const topology = parseTopology(text, path);
  const sites = topology.sites.map(({ id }) => id);
  if (here === undefined || sites.includes(here)) return topology;
  throw new TopologyError(path, [
    { path: 'SIGNALBOX_SITE', found: JSON.stringify(here), expected: `one of the sites: ${sites.join(', ')}` },
  ]);
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
