import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { Kubernetes } from './kubernetes.js';
import { ConfigIdText, record, SiteIdText, Text } from './scalars.js';

const FILE_FORM = 'the absolute path of a file, for example /etc/orders/clients.json';
const FilePath = z.string(FILE_FORM).regex(/^\/.*[^/]$/, FILE_FORM);

const Directory = record({
  kind: z.literal('directory'),
  files: z
    .record(SiteIdText, FilePath, 'a file by site')
    .describe('The file that clients at each site follow: JSON, replaced as a whole, with the epoch beside the data.'),
});

/** Settings that clients read from their own site, and what they say when a site is active. */
export const ConfigText = record({
  id: ConfigIdText,
  target: z.discriminatedUnion('kind', [Directory, Kubernetes], 'kind: directory, or kind: kubernetes'),
  data: z
    .record(SiteIdText, z.record(Text, z.string('a text'), 'texts by key'), 'settings by site')
    .describe('By the site that is active: what clients at every site then read.'),
});
export type Config = Immutable<z.infer<typeof ConfigText>>;

/** The file that clients at a site follow, where they follow one. */
export const fileAt = ({ target }: Config, site: string): string | undefined =>
  target.kind === 'directory' ? new Map(Object.entries(target.files)).get(site) : undefined;

/** By site, how long its workloads may take to come up with a new value; undefined where nothing is restarted. */
export const rolloutsOf = ({ target }: Config): Readonly<Record<string, number>> | undefined =>
  target.kind === 'directory'
    ? undefined
    : Object.fromEntries(
        Object.entries(target.sites).map(([site, { targets }]) => [
          site,
          Math.max(...targets.map(({ deadlineMs }) => deadlineMs)),
        ]),
      );

/** The sites whose clients the config is for. */
export const sitesOfConfig = ({ target }: Config): readonly string[] =>
  Object.keys(target.kind === 'directory' ? target.files : target.sites);
