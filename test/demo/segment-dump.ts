import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from '../lab/part.js';
import type { RecordId } from './ledger.js';

const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 256 * 1_024 * 1_024;

/** The segment files of a topic in a broker's data folder. */
export const segmentsOf = (dataFolder: string, topic: string): string[] =>
  readdirSync(dataFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && new RegExp(`^${topic}-\\d+$`).test(entry.name))
    .flatMap(({ name }) => readdirSync(join(dataFolder, name)).map((file) => join(dataFolder, name, file)))
    .filter((file) => file.endsWith('.log'));

/** Kafka's own tool, on files: a broker that was killed is read without waking it, so that it can take no write again. */
export const dumpArguments = (segments: readonly string[]): string[] => [
  'org.apache.kafka.tools.DumpLogSegments',
  '--print-data-log',
  '--files',
  segments.join(','),
];

export const readSegments = async (dump: Command): Promise<RecordId[]> => {
  const { stdout } = await promisify(execFile)(dump.file, [...dump.args], {
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return recordIdsIn(stdout);
};

/** `| offset: 0 CreateTime: … headerKeys: [] key: app-1 payload: {…}`, one line a record. */
export const recordIdsIn = (dump: string): RecordId[] =>
  [...dump.matchAll(/^\| offset: .* key: (\S+) payload: /gm)].map(([, key = '']) => key);
