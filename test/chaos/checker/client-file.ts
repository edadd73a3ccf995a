import { readFile } from 'node:fs/promises';
import type { Seen } from './facts.js';

export interface ClientFile {
  readonly config: string;
  readonly site: string;
  readonly path: string;
}

/** What clients of a site are told, as the file says it. */
export const readClientFile = async ({ config, site, path }: ClientFile): Promise<Seen> => {
  const { epoch, data } = JSON.parse(await readFile(path, 'utf8')) as {
    readonly epoch: number;
    readonly data: Readonly<Record<string, string>>;
  };
  return { resource: `config/${config}/${site}`, epoch, value: data['bootstrap.servers'] ?? '' };
};
