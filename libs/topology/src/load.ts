import { readFile } from 'node:fs/promises';
import { messageOf } from '#libs/domain';
import { parseTopology } from './parse.js';
import { TopologyError } from './problem.js';
import type { Topology } from './topology.js';

/** Reads, parses and checks signalbox.yaml. @throws TopologyError with every problem at once. */
export async function loadTopology(path: string): Promise<Topology> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const problem = { path: '', found: `no readable file (${messageOf(error)})`, expected: 'a signalbox.yaml there' };
    throw new TopologyError(path, [problem], { cause: error });
  });
  return parseTopology(text, path);
}
