import { z } from 'zod';
import type { Immutable } from './immutable.js';
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
  target: Directory,
  data: z
    .record(SiteIdText, z.record(Text, z.string('a text'), 'texts by key'), 'settings by site')
    .describe('By the site that is active: what clients at every site then read.'),
});
export type Config = Immutable<z.infer<typeof ConfigText>>;
